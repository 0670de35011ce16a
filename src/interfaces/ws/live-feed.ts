import { setTimeout as sleep } from 'node:timers/promises';
import { ProjectionLaggingError } from '../../application/kernel/read-your-writes.js';
import { followLog } from '../../application/consumers/follow-log.js';
import type { Work } from '../../application/consumers/consumers.js';
import type { ConversationViews } from '../../application/ports/conversation-views.js';
import type { EventBatch, EventStore } from '../../application/ports/event-store.js';
import type { QueriedProjection } from '../../application/projections/registry.js';
import {
  noticesOf,
  ORDERED_TYPES,
  projectionBefore,
  UNORDERED_TYPES,
  userNoticesOf,
} from '../../application/push/pushed-events.js';
import type { UserDirectory } from '../../application/ports/user-directory.js';
import type { ChatEvents } from '../../domain/event-catalogue.js';
import type { Position, UserId } from '../../domain/kernel/ids.js';
import { earlierOf, hasReached, LOG_START } from '../../domain/kernel/position.js';
import type { Connection } from './connection.js';
import type { FrameLead } from './frame-lead.js';
import type { Hub } from './hub.js';
import { projectedDelivery, type ProjectedDeliveryParts } from './projected-delivery.js';
import { SerialQueue } from './serial-queue.js';

const READ_MODEL_WAIT_MS = 5_000;
/** The pause between two looks whether this node has come as far as a socket that is ahead of it. */
const BEHIND_POLL_MS = 10;

export interface LiveFeedParts extends Omit<ProjectedDeliveryParts, 'mayLead' | 'deliver' | 'waitsFor'> {
  readonly deliver: (batch: EventBatch, told: typeof noticesOf) => Promise<void>;
  readonly store: EventStore;
  readonly conversations: ConversationViews;
  readonly directory: UserDirectory;
  readonly hub: Hub;
  readonly lead: Pick<FrameLead, 'countAndAllow'>;
}

type Settings = ChatEvents['SettingsChanged'];

interface Joining {
  readonly connection: Connection;
  readonly userId: UserId;
  /** Whether the user shows receipts, by an event after the position up to which the read model is waited for. */
  receipts: boolean | undefined;
}

interface Waiting {
  readonly joining: Joining;
  readonly joined: (at: Position) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Follows the log from its end at the start, and delivers each batch: messages whose ordinals are known at once, everything
 * else once it is in the read models. Sockets join between two batches. Frames without a position have a subscription of
 * their own: they wait for the read model of users, which may have stopped, and no message waits for them.
 */
export class LiveFeed {
  readonly #parts: LiveFeedParts;
  readonly #queue = new SerialQueue();
  readonly #joining = new Set<Joining>();
  #waiting: Waiting[] = [];
  #position: Position = LOG_START;
  /** The position of the last event that was delivered once the read model of messages had reached it. */
  #projected: Position = LOG_START;

  constructor(parts: LiveFeedParts) {
    this.#parts = parts;
  }

  /** The position up to which everything has been delivered. */
  get position(): Position {
    return this.#position;
  }

  /**
   * Answers what follows the log from where it ends now. Read models are not waited for: one that has stopped would keep
   * the whole server from its start. Whoever joins waits until the messages are as far.
   */
  async start(): Promise<{ readonly ordered: Work; readonly unordered: Work }> {
    const { store } = this.#parts;
    const after = await store.head();
    this.#position = after;
    this.#projected = after;
    const { lead, hub } = this.#parts;
    const deliver = projectedDelivery({
      ...this.#parts,
      deliver: (batch) => this.#parts.deliver(batch, noticesOf),
      waitsFor: projectionBefore,
      mayLead: (batch) => lead.countAndAllow(batch),
    });
    const deliverUnordered = projectedDelivery({
      ...this.#parts,
      deliver: (batch) => this.#parts.deliver(batch, userNoticesOf),
      waitsFor: () => 'users',
      mayLead: () => false,
    });
    const take = (batch: EventBatch) =>
      this.#queue.run(() => {
        hub.erased.note(batch);
        return this.#take(batch, deliver);
      });
    return {
      ordered: followLog({ store, types: ORDERED_TYPES, after, take }),
      unordered: followLog({ store, types: UNORDERED_TYPES, after, take: deliverUnordered }),
    };
  }

  /** A batch that was not delivered is not counted as delivered, at the end too: a client would resume behind it. */
  async #take(batch: EventBatch, deliver: (batch: EventBatch) => Promise<void>): Promise<void> {
    await deliver(batch);
    this.#position = batch.position;
    this.#projected =
      batch.events.findLast(({ type }) => projectionBefore(type) === 'messages')?.position ?? this.#projected;
    for (const { type, data } of batch.events) if (type === 'SettingsChanged') this.#noteSettings(data);
  }

  #noteSettings({ userId, readReceipts }: Settings): void {
    for (const joining of this.#joining) if (joining.userId === userId) joining.receipts = readReceipts;
  }

  /**
   * Lets a socket get frames from now on. Answers the position behind which it does. It is never before the one up to which
   * another node has served it: a frame of several changes stands at the first, and would be taken for a repeat.
   */
  async join(connection: Connection, userId: UserId, served = LOG_START): Promise<Position> {
    if (!hasReached(this.#position, served)) await this.#untilDelivered(served, connection);
    const joining: Joining = { connection, userId, receipts: undefined };
    this.#joining.add(joining);
    try {
      await this.#requireProjected('users', this.#position);
      await this.requireMessages();
      return await this.#untilAdmitted(joining);
    } finally {
      this.#joining.delete(joining);
    }
  }

  #untilAdmitted(joining: Joining): Promise<Position> {
    return new Promise((joined, failed) => {
      this.#waiting.push({ joining, joined, failed });
      if (this.#waiting.length === 1) void this.#queue.run(() => this.#admit());
    });
  }

  /**
   * The settings of users who join are read from the read model of users. It is waited for before their turn: when it has
   * stopped, they are refused, and the others get their frames. What is delivered until then is noted.
   */
  async #requireProjected(projection: QueriedProjection, position: Position): Promise<void> {
    const { progress, onStalled } = this.#parts;
    await progress.recall(projection, position);
    if (await progress.waitFor(projection, position, READ_MODEL_WAIT_MS)) return;
    onStalled(projection, position);
    throw new ProjectionLaggingError(`the projection ${projection} has not reached ${position}`);
  }

  /**
   * Waits for what has been delivered to be in the read model of messages: it was, but a crash of the database can take
   * the last of it back, and a client that resumed then would never get it. Raises `ProjectionLaggingError`.
   */
  requireMessages(): Promise<void> {
    return this.#requireProjected('messages', this.#projected);
  }

  /** Waits for a position that the log has: a client has no reason to name one beyond its end. Stops when the socket closes. */
  async #untilDelivered(position: Position, connection: Connection): Promise<void> {
    const { store, signal } = this.#parts;
    const head = await store.head();
    const last = earlierOf(head, position);
    const isOver = () => signal.aborted || connection.isClosed;
    while (!isOver() && !hasReached(this.#position, last)) await sleep(BEHIND_POLL_MS);
  }

  /** Looks once for all sockets that wait, as many may connect again at the same time. */
  async #admit(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      await this.requireMessages(); // A crash of the database may have come between the joining and this turn.
      await this.#attach(waiting.map(({ joining }) => joining));
      for (const { joined } of waiting) joined(this.#position);
    } catch (error) {
      for (const { failed } of waiting) failed(error);
    }
  }

  async #attach(sockets: readonly Joining[]): Promise<void> {
    const { hub, conversations, directory } = this.#parts;
    const userIds = [...new Set(sockets.map(({ userId }) => userId))];
    const memberships = await conversations.membershipsOf(userIds);
    const withoutReceipts = await directory.withoutReceipts(userIds);
    for (const { connection, userId } of sockets) if (!connection.isClosed) hub.attach(connection, userId);
    // The read model may be ahead. The log then says the same again, which changes nothing.
    for (const { userId, receipts } of sockets)
      hub.audience.setReceipts(userId, receipts ?? !withoutReceipts.has(userId));
    for (const { userId, conversationId } of memberships) hub.audience.add(conversationId, userId);
  }
}
