import type { UserId } from '../../domain/kernel/ids.js';
import type { NodeId, Signals } from '../ports/signals.js';
import type { PresenceBoard } from './presence-board.js';
import type { PresenceLimits, Report } from './presence.js';

export const PRESENCE_TOPIC = 'presence';

/** The most users that fit a signal. */
export const USERS_A_SIGNAL = 80;

export type Told = readonly [userId: UserId, status: Report['status'], seenAt: number];

/** The signals that nodes send each other about presence. A node ignores kinds that it does not know. */
export type PresenceSignal =
  | { readonly kind: 'beat' | 'bye' }
  | { readonly kind: 'ask'; readonly of: NodeId | null }
  | { readonly kind: 'changes'; readonly users: readonly Told[] }
  | { readonly kind: 'snapshot'; readonly begins: boolean; readonly ends: boolean; readonly users: readonly Told[] };

interface Peer {
  heardAt: number;
  isLeaving: boolean;
}

export interface PresenceExchangeParts {
  readonly signals: Pick<Signals, 'node' | 'publish'>;
  readonly board: PresenceBoard;
  /** Answers everybody who is connected to this node. */
  readonly ownUsers: () => readonly Report[];
  readonly limits: Pick<PresenceLimits, 'graceMs' | 'beatMs' | 'silenceMs' | 'snapshotMs'>;
}

const toTold = ({ userId, status, seenAt }: Report): Told => [userId, status, seenAt];
const toReport = ([userId, status, seenAt]: Told): Report => ({ userId, status, seenAt });

const portions = (reports: readonly Report[]): Told[][] => {
  const parts: Told[][] = [];
  for (let at = 0; at < reports.length; at += USERS_A_SIGNAL)
    parts.push(reports.slice(at, at + USERS_A_SIGNAL).map(toTold));
  return parts;
};

/** Keeps the board up to date with the signals of other nodes, and sends those of this one. Answers whose presence has changed. */
export class PresenceExchange {
  readonly #parts: PresenceExchangeParts;
  readonly #peers = new Map<NodeId, Peer>();
  #tickedAt = 0;
  #beatAt = 0;
  #toldAllAt = 0;
  #isAsked = false;

  constructor(parts: PresenceExchangeParts) {
    this.#parts = parts;
  }

  /** Asks every node for everything: at the start, and when a signal may have been missed, which may be a question of theirs. */
  ask(): void {
    this.#publish({ kind: 'ask', of: null });
    this.#isAsked = true;
  }

  /** Sends the others what has changed here. */
  send(reports: readonly Report[]): void {
    for (const users of portions(reports)) this.#publish({ kind: 'changes', users });
  }

  receive(signal: PresenceSignal, from: NodeId, now: number): UserId[] {
    const isKnown = this.#peers.has(from);
    if (signal.kind === 'bye') return this.#letLeave(from, now);
    this.#peers.set(from, { heardAt: now, isLeaving: false });
    // The node was taken for gone, or was there before this one: its users are not known.
    const tellsAll = signal.kind === 'snapshot' && signal.begins;
    if (!isKnown && !tellsAll) this.#publish({ kind: 'ask', of: from });
    if (signal.kind === 'ask') this.#hearAsk(signal.of, now);
    return 'users' in signal ? this.#hearUsers(signal, from, now) : [];
  }

  #letLeave(from: NodeId, now: number): UserId[] {
    if (this.#peers.has(from)) this.#peers.set(from, { heardAt: now, isLeaving: true });
    return [];
  }

  #hearAsk(of: NodeId | null, now: number): void {
    if (of !== null && of !== this.#parts.signals.node) return;
    this.#isAsked = true;
    this.#answer(now);
  }

  #hearUsers(signal: Extract<PresenceSignal, { users: unknown }>, from: NodeId, now: number): UserId[] {
    const { board } = this.#parts;
    const reports = signal.users.map(toReport);
    if (signal.kind === 'changes') return board.apply(from, reports);
    if (signal.begins) board.beginSnapshot(from);
    const changed = board.apply(from, reports);
    return signal.ends ? [...changed, ...board.endSnapshot(from, now)] : changed;
  }

  /** Sends everything, as a rule at once: many who ask within a moment get one answer. */
  #answer(now: number): void {
    if (!this.#isAsked || now - this.#toldAllAt < this.#parts.limits.snapshotMs) return;
    this.#isAsked = false;
    this.#toldAllAt = now;
    const parts = portions(this.#parts.ownUsers());
    if (parts.length === 0) parts.push([]);
    for (const [index, users] of parts.entries())
      this.#publish({ kind: 'snapshot', begins: index === 0, ends: index === parts.length - 1, users });
  }

  /** Sends signs of life, and forgets nodes that have stopped to send theirs. It is to be called every second or so. */
  tick(now: number): UserId[] {
    const { limits } = this.#parts;
    this.#answer(now);
    if (now - this.#beatAt >= limits.beatMs) {
      this.#beatAt = now;
      this.#publish({ kind: 'beat' });
    }
    const wasAsleep = now - this.#tickedAt > limits.silenceMs / 2;
    this.#tickedAt = now;
    // This node was silent itself: what the others sent meanwhile is still to be received.
    if (wasAsleep) for (const peer of this.#peers.values()) peer.heardAt = now;
    return [...this.#peers].flatMap(([node, peer]) => this.#forgetIfGone(node, peer, now));
  }

  #forgetIfGone(node: NodeId, { heardAt, isLeaving }: Peer, now: number): UserId[] {
    const { limits, board } = this.#parts;
    if (now - heardAt < (isLeaving ? limits.graceMs : limits.silenceMs)) return [];
    this.#peers.delete(node);
    return board.forget(node, heardAt);
  }

  /** Leaves. The users who were connected here have the usual grace period to connect elsewhere. */
  leave(): void {
    this.#publish({ kind: 'bye' });
  }

  #publish(signal: PresenceSignal): void {
    this.#parts.signals.publish(PRESENCE_TOPIC, signal);
  }
}
