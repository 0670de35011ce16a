import { LivePresence } from '../../src/application/presence/live-presence.js';
import type { PresenceSignal } from '../../src/application/presence/presence-exchange.js';
import { PRESENCE_LIMITS, type Presence, type PresenceLimits } from '../../src/application/presence/presence.js';
import type { Watcher } from '../../src/application/presence/watches.js';
import type { PresenceAudience } from '../../src/application/ports/presence-audience.js';
import type { NodeId } from '../../src/application/ports/signals.js';
import type { UserId } from '../../src/domain/kernel/ids.js';

export const SECOND = 1_000;

export const user = (name: string): UserId => name as UserId;

/** The presence that one socket has been shown, in order. */
export interface TestSocket {
  readonly shown: (Presence & { readonly userId: UserId })[];
}

export interface TestNode {
  readonly id: NodeId;
  readonly presence: LivePresence<TestSocket>;
  connect(userId: UserId): TestClient;
  /** Stops the node at once, without a message to the others. */
  kill(): void;
}

export interface TestClient {
  readonly userId: UserId;
  readonly watcher: Watcher<TestSocket>;
  readonly shown: TestSocket['shown'];
  watch(...users: UserId[]): Promise<void>;
  act(): void;
  close(): void;
}

const everybody: PresenceAudience = { areVisible: async (questions) => questions.map(() => true) };

/** Makes nodes with a clock that stands still until `pass`. Their messages arrive at `deliver`, or are lost before. */
export const presenceNodes = (limits: PresenceLimits = PRESENCE_LIMITS) => {
  const nodes = new Map<NodeId, LivePresence<TestSocket>>();
  const failures: unknown[] = [];
  const underWay: { readonly from: NodeId; readonly text: string }[] = [];
  let now = Date.parse('2026-01-31T12:00:00Z');
  let sent = 0;

  const deliver = (isLost: (from: NodeId, to: NodeId) => boolean = () => false): void => {
    while (underWay.length > 0) {
      const [{ from, text }] = underWay.splice(0, 1) as [{ from: NodeId; text: string }];
      for (const [id, presence] of [...nodes])
        if (id !== from && !isLost(from, id)) presence.receive(JSON.parse(text) as PresenceSignal, from, now);
    }
  };

  const start = (name: string, audience = everybody): TestNode => {
    const id = name as NodeId;
    const publish = (_: string, content: object) => {
      sent += 1;
      if (nodes.has(id)) underWay.push({ from: id, text: JSON.stringify(content) });
    };
    const presence = new LivePresence<TestSocket>({
      signals: { node: id, publish },
      audience,
      limits,
      show: (sockets, userId, shown) => sockets.forEach((socket) => socket.shown.push({ userId, ...shown })),
      onFailed: (error) => failures.push(error),
    });
    nodes.set(id, presence);
    presence.ask();
    deliver();
    return {
      id,
      presence,
      connect: (userId) => {
        const socket: TestSocket = { shown: [] };
        const watcher = presence.connect(userId, socket, now);
        return {
          userId,
          watcher,
          shown: socket.shown,
          watch: (...users) => presence.watch(watcher, users),
          act: () => presence.active(watcher, now),
          close: () => presence.disconnect(watcher, now),
        };
      },
      kill: () => void nodes.delete(id),
    };
  };

  /** Advances the clock; every node ticks each second, and messages that are sent meanwhile arrive. */
  const pass = (ms: number): void => {
    for (const end = now + ms; now < end;) {
      now += SECOND;
      for (const presence of nodes.values()) presence.tick(now);
      deliver();
    }
  };

  return { start, deliver, pass, failures, now: () => now, sent: () => sent };
};
