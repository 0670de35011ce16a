import type { UserId } from '../../domain/kernel/ids.js';
import type { NodeId } from '../ports/signals.js';
import { isSamePresence, type Presence, type Report } from './presence.js';

/** The most users of whom it is remembered when they were last seen. */
const MAX_REMEMBERED = 100_000;

interface Node {
  readonly users: Map<UserId, Report>;
  /** The users whom the snapshot under way has not named yet. */
  unnamed: Set<UserId>;
}

/** Knows who is connected to which node. A change answers the users of whom something else is shown now. */
export class PresenceBoard {
  readonly #maxRemembered: number;
  readonly #nodes = new Map<NodeId, Node>();
  readonly #lastSeen = new Map<UserId, number>();

  constructor(maxRemembered = MAX_REMEMBERED) {
    this.#maxRemembered = maxRemembered;
  }

  /** A user who is online on one node is online. */
  of(userId: UserId): Presence {
    let status: 'away' | 'offline' = 'offline';
    let seenAt = this.#lastSeen.get(userId);
    for (const { users } of this.#nodes.values()) {
      const report = users.get(userId);
      if (!report) continue;
      if (report.status === 'online') return { status: 'online' };
      status = 'away';
      seenAt = Math.max(seenAt ?? 0, report.seenAt);
    }
    return seenAt === undefined ? { status } : { status, lastSeenAt: seenAt };
  }

  apply(from: NodeId, reports: readonly Report[]): UserId[] {
    const node = this.#nodeOf(from);
    return reports.flatMap((report) => {
      const { userId } = report;
      const before = this.of(userId);
      node.unnamed.delete(userId);
      if (report.status === 'offline') this.#leave(node, report);
      else node.users.set(userId, report);
      return isSamePresence(before, this.of(userId)) ? [] : [userId];
    });
  }

  /** Begins a snapshot: the node names everybody who is connected to it. */
  beginSnapshot(from: NodeId): void {
    const node = this.#nodeOf(from);
    node.unnamed = new Set(node.users.keys());
  }

  /** Ends a snapshot. A user whom it has not named has gone at an unknown time, not later than `seenAt`. */
  endSnapshot(from: NodeId, seenAt: number): UserId[] {
    return this.#leaveAll(from, [...this.#nodeOf(from).unnamed], seenAt);
  }

  /** Removes a node whose last signal came at `seenAt`. */
  forget(from: NodeId, seenAt: number): UserId[] {
    const changed = this.#leaveAll(from, [...this.#nodeOf(from).users.keys()], seenAt);
    this.#nodes.delete(from);
    return changed;
  }

  #nodeOf(id: NodeId): Node {
    const known = this.#nodes.get(id);
    if (known) return known;
    const node: Node = { users: new Map(), unnamed: new Set() };
    this.#nodes.set(id, node);
    return node;
  }

  #leaveAll(from: NodeId, users: readonly UserId[], seenAt: number): UserId[] {
    const node = this.#nodeOf(from);
    const gone = users.map((userId): Report => {
      const report = node.users.get(userId);
      return { userId, status: 'offline', seenAt: report?.status === 'away' ? report.seenAt : seenAt };
    });
    return this.apply(from, gone);
  }

  #leave(node: Node, { userId, seenAt }: Report): void {
    node.users.delete(userId);
    const latest = Math.max(this.#lastSeen.get(userId) ?? 0, seenAt);
    this.#lastSeen.delete(userId);
    this.#lastSeen.set(userId, latest);
    if (this.#lastSeen.size <= this.#maxRemembered) return;
    for (const [oldest] of this.#lastSeen) {
      this.#lastSeen.delete(oldest);
      break;
    }
  }
}
