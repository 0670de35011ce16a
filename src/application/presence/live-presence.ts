import type { UserId } from '../../domain/kernel/ids.js';
import type { PresenceAudience } from '../ports/presence-audience.js';
import type { NodeId, Signals } from '../ports/signals.js';
import { ConnectedUsers } from './connected-users.js';
import { PresenceBoard } from './presence-board.js';
import { PresenceExchange, type PresenceSignal } from './presence-exchange.js';
import { ABSENT, isSamePresence, type Presence, type PresenceLimits, type Report } from './presence.js';
import { Watches, type Watched, type Watcher } from './watches.js';

/** The most questions that are asked at a time. */
const ASKED_TOGETHER = 5_000;

export interface LivePresenceParts<Socket> {
  readonly signals: Pick<Signals, 'node' | 'publish'>;
  readonly audience: PresenceAudience;
  readonly limits: PresenceLimits;
  /** Shows the same presence to each of the sockets. */
  readonly show: (sockets: readonly Socket[], userId: UserId, presence: Presence) => void;
  /** Called when it could not be found out who may be seen. That is tried again. */
  readonly onFailed: (error: unknown) => void;
}

/** Whether a watcher may see a user. The number says which question it is. */
interface Question<Socket> {
  readonly watcher: Watcher<Socket>;
  readonly userId: UserId;
  readonly watched: Watched;
  readonly number: number;
}

/** Shows who is online to the sockets of this node that watch. It has no clock: `now` is given to it, and `tick` is called. */
export class LivePresence<Socket> {
  readonly #parts: LivePresenceParts<Socket>;
  readonly #users: ConnectedUsers;
  readonly #board = new PresenceBoard();
  readonly #exchange: PresenceExchange;
  readonly #watches: Watches<Socket>;
  /** The users whose audience has changed, and was not asked again yet. */
  readonly #toAsk = new Set<UserId>();
  #isAsking = false;

  constructor(parts: LivePresenceParts<Socket>) {
    const { signals, limits } = parts;
    this.#parts = parts;
    this.#users = new ConnectedUsers(limits);
    this.#watches = new Watches(limits.watchedBySocket);
    this.#exchange = new PresenceExchange({ signals, board: this.#board, ownUsers: () => this.#users.all(), limits });
  }

  connect(viewer: UserId, socket: Socket, now: number): Watcher<Socket> {
    this.#report(this.#users.connected(viewer, now));
    return this.#watches.open(viewer, socket);
  }

  /** Notes that the user has done something. */
  active({ viewer }: Watcher<Socket>, now: number): void {
    this.#report(this.#users.active(viewer, now));
  }

  disconnect(watcher: Watcher<Socket>, now: number): void {
    this.#watches.close(watcher);
    this.#users.disconnected(watcher.viewer, now);
  }

  /** Shows each of the users, then their changes. Raises `TooManyWatchedError`. */
  async watch(watcher: Watcher<Socket>, userIds: readonly UserId[]): Promise<void> {
    const users = [...new Set(userIds)];
    this.#watches.add(watcher, users);
    try {
      await this.#ask(this.#questionsOf(watcher, users));
    } catch (error) {
      const unanswered = users.filter((userId) => watcher.watched.get(userId)?.isVisible === undefined);
      this.#watches.remove(watcher, unanswered);
      throw error;
    }
  }

  unwatch(watcher: Watcher<Socket>, userIds: readonly UserId[]): void {
    this.#watches.remove(watcher, userIds);
  }

  /** Notes that it has changed who may see this user, or whom they may see. */
  async audienceChanged(userId: UserId): Promise<void> {
    this.#toAsk.add(userId);
    await this.#askAgain();
  }

  receive(signal: PresenceSignal, from: NodeId, now: number): void {
    this.#changed(this.#exchange.receive(signal, from, now));
  }

  /** Asks the other nodes for everything: at the start, and when signals may have been missed. */
  ask(): void {
    this.#exchange.ask();
  }

  /** Does what is due. It is to be called every second or so. */
  tick(now: number): void {
    this.#report(this.#users.due(now));
    this.#changed(this.#exchange.tick(now));
    void this.#askAgain();
  }

  /** Says whether it is still to be found out who may see whom. */
  get isAsking(): boolean {
    return this.#isAsking || this.#toAsk.size > 0;
  }

  /** Notes that this node leaves. */
  leave(): void {
    this.#exchange.leave();
  }

  #report(reports: readonly Report[]): void {
    if (reports.length === 0) return;
    this.#exchange.send(reports);
    this.#changed(this.#board.apply(this.#parts.signals.node, reports));
  }

  /** Only sockets that watch a user are shown them. */
  #changed(users: readonly UserId[]): void {
    for (const userId of users) {
      const watchers = this.#watches.of(userId);
      if (watchers.length === 0) continue;
      const presence = this.#board.of(userId);
      const sockets = watchers.filter(({ watched }) => {
        const known = watched.get(userId);
        return known?.isVisible === true && this.#isNews(known, presence);
      });
      if (sockets.length > 0)
        this.#parts.show(
          sockets.map(({ socket }) => socket),
          userId,
          presence,
        );
    }
  }

  #isNews(watched: Watched, presence: Presence): boolean {
    if (isSamePresence(watched.shown, presence)) return false;
    watched.shown = presence;
    return true;
  }

  #questionsOf(watcher: Watcher<Socket>, users: readonly UserId[]): Question<Socket>[] {
    return users.flatMap((userId) => {
      const watched = watcher.watched.get(userId);
      return watched ? [{ watcher, userId, watched, number: (watched.asked += 1) }] : [];
    });
  }

  async #ask(questions: readonly Question<Socket>[]): Promise<void> {
    for (let at = 0; at < questions.length; at += ASKED_TOGETHER) {
      const together = questions.slice(at, at + ASKED_TOGETHER);
      const asked = together.map(({ watcher, userId }) => ({ viewer: watcher.viewer, userId }));
      const answers = await this.#parts.audience.areVisible(asked);
      for (const [index, question] of together.entries()) this.#answered(question, answers[index] === true);
    }
  }

  #answered({ watcher, userId, watched, number }: Question<Socket>, isVisible: boolean): void {
    // Meanwhile it was asked again, or nobody watches any more.
    if (watched.asked !== number || watcher.watched.get(userId) !== watched) return;
    watched.isVisible = isVisible;
    const presence = isVisible ? this.#board.of(userId) : ABSENT;
    if (this.#isNews(watched, presence)) this.#parts.show([watcher.socket], userId, presence);
  }

  /** Asks for all who wait, together. When that fails, they wait for the next tick. */
  async #askAgain(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#toAsk.size > 0) {
      const users = [...this.#toAsk];
      this.#toAsk.clear(); // first, as it may change again during the question
      try {
        await this.#ask(users.flatMap((userId) => this.#questionsAbout(userId)));
      } catch (error) {
        for (const userId of users) this.#toAsk.add(userId);
        this.#parts.onFailed(error);
        break;
      }
    }
    this.#isAsking = false;
  }

  /** The pairs of whom the user may see, and who may see the user. */
  #questionsAbout(userId: UserId): Question<Socket>[] {
    return [
      ...this.#watches.by(userId).flatMap((watcher) => this.#questionsOf(watcher, [...watcher.watched.keys()])),
      ...this.#watches.of(userId).flatMap((watcher) => this.#questionsOf(watcher, [userId])),
    ];
  }
}
