import type { UserId } from '../../domain/kernel/ids.js';
import type { PresenceAudience } from '../ports/presence-audience.js';
import type { NodeId, Signals } from '../ports/signals.js';
import { ConnectedPeople } from './connected-people.js';
import { PresenceBoard } from './presence-board.js';
import { PresenceExchange, type PresenceSignal } from './presence-exchange.js';
import { ABSENT, isSamePresence, type Presence, type PresenceLimits, type Report } from './presence.js';
import { Watches, type Watched, type Watcher } from './watches.js';

/** So many viewers are asked about at a time. */
const ASKED_TOGETHER = 16;

export interface LivePresenceParts<Socket> {
  readonly signals: Pick<Signals, 'node' | 'publish'>;
  readonly audience: Pick<PresenceAudience, 'visibleTo'>;
  readonly limits: PresenceLimits;
  /** Shows the same to each of the sockets. */
  readonly show: (sockets: readonly Socket[], userId: UserId, presence: Presence) => void;
  /** Told when it could not be found out who may be seen; that is tried again. */
  readonly onFailed: (error: unknown) => void;
}

/** Who is there, for the sockets of this node that watch. It has no clock: `now` comes in, and `tick` with it. */
export class LivePresence<Socket> {
  readonly #parts: LivePresenceParts<Socket>;
  readonly #people: ConnectedPeople;
  readonly #board = new PresenceBoard();
  readonly #exchange: PresenceExchange;
  readonly #watches: Watches<Socket>;
  /** Those for whom the audience has changed, and was not asked again yet. */
  readonly #toAsk = new Set<UserId>();
  #isAsking = false;

  constructor(parts: LivePresenceParts<Socket>) {
    const { signals, limits } = parts;
    this.#parts = parts;
    this.#people = new ConnectedPeople(limits);
    this.#watches = new Watches(limits.watchedBySocket);
    this.#exchange = new PresenceExchange({ signals, board: this.#board, ownPeople: () => this.#people.all(), limits });
  }

  connect(viewer: UserId, socket: Socket, now: number): Watcher<Socket> {
    this.#report(this.#people.connected(viewer, now));
    return this.#watches.open(viewer, socket);
  }

  /** The person has done something. */
  active({ viewer }: Watcher<Socket>, now: number): void {
    this.#report(this.#people.active(viewer, now));
  }

  disconnect(watcher: Watcher<Socket>, now: number): void {
    this.#watches.close(watcher);
    this.#people.disconnected(watcher.viewer, now);
  }

  /** Shows each of the people, then whatever changes. Raises `TooManyWatchedError`. */
  async watch(watcher: Watcher<Socket>, userIds: readonly UserId[]): Promise<void> {
    const people = [...new Set(userIds)];
    this.#watches.add(watcher, people);
    try {
      await this.#ask(watcher, people);
    } catch (error) {
      const unanswered = people.filter((userId) => watcher.watched.get(userId)?.isVisible === undefined);
      this.#watches.remove(watcher, unanswered);
      throw error;
    }
  }

  unwatch(watcher: Watcher<Socket>, userIds: readonly UserId[]): void {
    this.#watches.remove(watcher, userIds);
  }

  /** Who may see this person, or whom they may see, has changed. */
  async audienceChanged(userId: UserId): Promise<void> {
    this.#toAsk.add(userId);
    await this.#askAgain();
  }

  hear(signal: PresenceSignal, from: NodeId, now: number): void {
    this.#changed(this.#exchange.hear(signal, from, now));
  }

  /** Asks the other nodes who is there: at the start, and when signals may have been missed. */
  ask(): void {
    this.#exchange.ask();
  }

  /** To be called every second or so. */
  tick(now: number): void {
    this.#report(this.#people.due(now));
    this.#changed(this.#exchange.tick(now));
    void this.#askAgain();
  }

  /** Whether it is still to be found out who may see whom. */
  get isAsking(): boolean {
    return this.#isAsking || this.#toAsk.size > 0;
  }

  /** This node goes. */
  leave(): void {
    this.#exchange.leave();
  }

  #report(reports: readonly Report[]): void {
    if (reports.length === 0) return;
    this.#exchange.tell(reports);
    this.#changed(this.#board.apply(this.#parts.signals.node, reports));
  }

  /** Only those who watch somebody hear of them. */
  #changed(people: readonly UserId[]): void {
    for (const userId of people) {
      const watchers = this.#watches.of(userId);
      if (watchers.length === 0) continue;
      const presence = this.#board.of(userId);
      const sockets = watchers.filter(({ watched }) => {
        const eye = watched.get(userId);
        return eye?.isVisible === true && this.#isNews(eye, presence);
      });
      if (sockets.length > 0)
        this.#parts.show(
          sockets.map(({ socket }) => socket),
          userId,
          presence,
        );
    }
  }

  #isNews(eye: Watched, presence: Presence): boolean {
    if (isSamePresence(eye.shown, presence)) return false;
    eye.shown = presence;
    return true;
  }

  async #ask(watcher: Watcher<Socket>, people: readonly UserId[]): Promise<void> {
    const asked = people.flatMap((userId) => {
      const eye = watcher.watched.get(userId);
      return eye ? [{ userId, eye, number: (eye.asked += 1) }] : [];
    });
    const visible = await this.#parts.audience.visibleTo(watcher.viewer, people);
    for (const { userId, eye, number } of asked) {
      // Meanwhile it was asked again, or nobody watches any more.
      if (eye.asked !== number || watcher.watched.get(userId) !== eye) continue;
      eye.isVisible = visible.has(userId);
      const presence = eye.isVisible ? this.#board.of(userId) : ABSENT;
      if (this.#isNews(eye, presence)) this.#parts.show([watcher.socket], userId, presence);
    }
  }

  /** One person after another; those with whom it fails wait for the next tick. */
  async #askAgain(): Promise<void> {
    if (this.#isAsking || this.#toAsk.size === 0) return;
    this.#isAsking = true;
    const failed: UserId[] = [];
    for (const userId of this.#toAsk) {
      this.#toAsk.delete(userId); // first: it may change again while we ask
      try {
        await this.#askAbout(userId);
      } catch (error) {
        failed.push(userId);
        this.#parts.onFailed(error);
      }
    }
    for (const userId of failed) this.#toAsk.add(userId);
    this.#isAsking = false;
  }

  async #askAbout(userId: UserId): Promise<void> {
    const questions: (readonly [Watcher<Socket>, readonly UserId[]])[] = [
      ...this.#watches.by(userId).map((watcher) => [watcher, [...watcher.watched.keys()]] as const),
      ...this.#watches.of(userId).map((watcher) => [watcher, [userId]] as const),
    ];
    const open = questions.filter(([, people]) => people.length > 0);
    for (let at = 0; at < open.length; at += ASKED_TOGETHER)
      await Promise.all(open.slice(at, at + ASKED_TOGETHER).map(([watcher, people]) => this.#ask(watcher, people)));
  }
}
