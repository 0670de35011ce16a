import { setTimeout as sleep } from 'node:timers/promises';
import { ProjectionLaggingError } from '../../application/kernel/read-your-writes.js';
import { followLog } from '../../application/consumers/follow-log.js';
import type { Work } from '../../application/consumers/consumers.js';
import type { ConversationViews } from '../../application/ports/conversation-views.js';
import type { EventBatch, EventStore } from '../../application/ports/event-store.js';
import type { ProjectionProgress } from '../../application/ports/projection-progress.js';
import { PUSHED_TYPES } from '../../application/push/notice.js';
import type { UserDirectory } from '../../application/ports/user-directory.js';
import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { Position, UserId } from '../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../domain/kernel/position.js';
import type { Connection } from './connection.js';
import type { Hub } from './hub.js';
import { Turns } from './turns.js';

/** What is told of people is read from the read model of people. */
const OF_PEOPLE: ReadonlySet<string> = new Set<ChatEventType>(['ProfileChanged', 'SettingsChanged', 'UserErased']);

const WAIT_MS = 5_000;
const RETRY_MS = 200;
/** How often a socket that is ahead of this node looks whether the node has come as far. */
const BEHIND_POLL_MS = 10;

export interface LiveFeedParts {
  readonly store: EventStore;
  readonly progress: ProjectionProgress;
  readonly conversations: ConversationViews;
  readonly directory: UserDirectory;
  readonly hub: Hub;
  readonly deliver: (batch: EventBatch) => Promise<void>;
  readonly signal: AbortSignal;
  /** Told while a projection does not come on. */
  readonly onStalled: (projection: string, position: Position) => void;
  /** Told of a delivery that failed, and is tried again. */
  readonly onFailed: (error: unknown) => void;
}

interface Joining {
  readonly connection: Connection;
  readonly userId: UserId;
  readonly joined: (at: Position) => void;
  readonly failed: (error: unknown) => void;
}

/** Tails the log from its start, and hands each batch on once it is in the read models. Who joins does so between two batches. */
export class LiveFeed {
  readonly #parts: LiveFeedParts;
  readonly #turns = new Turns();
  #joining: Joining[] = [];
  #position: Position = LOG_START;

  constructor(parts: LiveFeedParts) {
    this.#parts = parts;
  }

  /** Everything up to here has been handed on. */
  get position(): Position {
    return this.#position;
  }

  /** Resolves once the read models are as far as the log is now; answers what follows it from here. */
  async start(): Promise<Work> {
    const { store } = this.#parts;
    this.#position = await store.head();
    await this.#untilProjected('messages', this.#position);
    return followLog({
      store,
      types: PUSHED_TYPES,
      after: this.#position,
      take: (batch) => this.#turns.run(() => this.#take(batch)),
    });
  }

  async #take(batch: EventBatch): Promise<void> {
    if (batch.events.length > 0) {
      // Up to the last event that the projection is made from: of what passes it by, another node does not tell.
      const ofPeople = batch.events.findLast(({ type }) => OF_PEOPLE.has(type));
      const ofTalk = batch.events.findLast(({ type }) => !OF_PEOPLE.has(type));
      if (ofTalk) await this.#untilProjected('messages', ofTalk.position);
      if (ofPeople) await this.#untilProjected('users', ofPeople.position);
      await this.#deliverPersistently(batch);
    }
    // What was not delivered is not handed on, at the end too: a client would resume behind it.
    this.#parts.signal.throwIfAborted();
    this.#position = batch.position;
  }

  /** Tried until it succeeds: some may be told twice, nobody is left out. */
  async #deliverPersistently(batch: EventBatch): Promise<void> {
    const { deliver, signal, onFailed } = this.#parts;
    for (let delivered = false; !delivered && !signal.aborted;) {
      delivered = await deliver(batch).then(
        () => true,
        async (error: unknown) => {
          onFailed(error);
          await sleep(RETRY_MS);
          return false;
        },
      );
    }
  }

  async #untilProjected(projection: 'messages' | 'users', position: Position): Promise<void> {
    const { progress, signal, onStalled } = this.#parts;
    while (!signal.aborted && !(await progress.waitFor(projection, position, WAIT_MS))) onStalled(projection, position);
  }

  /**
   * Lets a socket hear from now on; answers the position behind which it does. That is never before the one up to which
   * another node has served it: a frame that tells several changes stands at the first, and would be taken for a repeat.
   */
  async join(connection: Connection, userId: UserId, served = LOG_START): Promise<Position> {
    if (!hasReached(this.#position, served)) await this.#untilHandedOn(served, connection);
    await this.#requirePeople();
    return new Promise((resolve, reject) => {
      this.#joining.push({ connection, userId, joined: resolve, failed: reject });
      if (this.#joining.length === 1) void this.#turns.run(() => this.#admit());
    });
  }

  /**
   * The settings of those who join are read from the read model of people. It is waited for before the turn is theirs:
   * when it has stopped, they are refused, and the others hear on. What the feed hands on until then waits for it itself.
   */
  async #requirePeople(): Promise<void> {
    const { progress, onStalled } = this.#parts;
    const position = this.#position;
    if (await progress.waitFor('users', position, WAIT_MS)) return;
    onStalled('users', position);
    throw new ProjectionLaggingError(`the projection users has not reached ${position}`);
  }

  /** Waits for a position that the log has; for one beyond its end a client has no reason. A closed socket waits no more. */
  async #untilHandedOn(position: Position, connection: Connection): Promise<void> {
    const { store, signal } = this.#parts;
    const head = await store.head();
    const last = hasReached(head, position) ? position : head;
    const isOver = () => signal.aborted || connection.isClosed;
    while (!isOver() && !hasReached(this.#position, last)) await sleep(BEHIND_POLL_MS);
  }

  /** All who wait at once: one look-up for a crowd that connects again. */
  async #admit(): Promise<void> {
    const joining = this.#joining;
    this.#joining = [];
    const { hub, conversations, directory } = this.#parts;
    try {
      const userIds = [...new Set(joining.map(({ userId }) => userId))];
      const memberships = await conversations.membershipsOf(userIds);
      const withoutReceipts = await directory.withoutReceipts(userIds);
      for (const { connection, userId } of joining) if (!connection.isClosed) hub.attach(connection, userId);
      // The read model may be ahead: what it tells is told again by the log, and changes nothing.
      for (const userId of userIds) hub.audience.setReceipts(userId, !withoutReceipts.has(userId));
      for (const { userId, conversationId } of memberships) hub.audience.add(conversationId, userId);
      for (const { joined } of joining) joined(this.#position);
    } catch (error) {
      for (const { failed } of joining) failed(error);
    }
  }
}
