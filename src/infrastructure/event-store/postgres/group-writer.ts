import { setTimeout as sleep } from 'node:timers/promises';
import {
  EventStoreOverloadedError,
  EventStoreUnavailableError,
  type AppendBatch,
  type AppendResult,
  type RecordedEvent,
} from '../../../application/ports/event-store.js';
import type { EventCodec } from '../../../application/ports/event-codec.js';
import { isTransient } from '../../postgres/sql-state.js';
import { prepareTouches, type PreparedEvent } from '../prepared-append.js';
import { APPEND_GROUP, REGISTER_EVENT_TYPES } from './append-group.sql.js';
import { settleAll, settleEach, type OutcomeRow } from './group-outcome.js';
import { groupParameters } from './group-parameters.js';
import type { PendingAppend } from './pending-append.js';
import type { StoreLimits } from './store-limits.js';
import type { StoreLog, StoreObserver } from '../store-observer.js';
import type { WriterConnection } from './writer-connection.js';

const RETRY_MS = 100;

export interface GroupWriterParts {
  readonly connection: WriterConnection;
  readonly codec: EventCodec;
  readonly limits: StoreLimits;
  readonly log: StoreLog;
  readonly observer: StoreObserver;
  /** The types that the log is known to hold, as `type/version`. */
  readonly knownTypes: Set<string>;
  /** Called with the events of each group that was committed as a whole, or with none when they must be read back. */
  readonly onCommitted: (events: readonly RecordedEvent[]) => void;
}

function* eventsOf(group: readonly PendingAppend[]): Generator<PreparedEvent> {
  for (const { events } of group) yield* events;
}

/**
 * Commits in groups: the appends that arrive while a commit is under way go into the next one. So all who wait share the
 * cost of a commit, and no timer is needed to gather them.
 */
export class GroupWriter {
  readonly #parts: GroupWriterParts;
  #waiting: PendingAppend[] = [];
  /** The group that is being committed, without the appends whose callers have got an error because it takes too long. */
  #underWay: readonly PendingAppend[] = [];
  #deadlines: NodeJS.Timeout | undefined;
  #lastFailure: unknown;
  #running = false;
  #idle: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(parts: GroupWriterParts) {
    this.#parts = parts;
  }

  async append(batch: AppendBatch): Promise<AppendResult> {
    this.#requireRoom();
    const touches = await prepareTouches(batch, this.#parts.codec);
    this.#requireRoom();
    const events = touches.flatMap((touch) => touch.events);
    const bytes = events.reduce((sum, { encoded }) => sum + encoded.data.length + encoded.metadata.length, 0);
    return new Promise((resolve, reject) => {
      const giveUpAt = performance.now() + this.#parts.limits.retryForMs;
      this.#waiting.push({ touches, events, bytes, giveUpAt, resolve, reject });
      if (!this.#deadlines) this.#watchDeadlines();
      if (!this.#running) this.#idle = this.#run();
    });
  }

  #requireRoom(): void {
    if (this.#closed) throw new EventStoreUnavailableError('the log is closed');
    if (this.#waiting.length >= this.#parts.limits.queuedAppends)
      throw new EventStoreOverloadedError('too many appends are waiting');
  }

  /** Commits what waits, then takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#idle;
    clearTimeout(this.#deadlines);
    await this.#parts.connection.close();
  }

  async #run(): Promise<void> {
    this.#running = true;
    await Promise.resolve(); // An append of the same turn belongs to the same group.
    while (this.#waiting.length > 0) {
      this.#underWay = this.#takeGroup();
      try {
        await this.#commitPersistently();
      } catch (error) {
        for (const { reject } of this.#underWay) reject(error as Error);
      }
      this.#underWay = [];
    }
    this.#running = false; // This is done at once with the last look at the queue: an append that comes now starts another run.
  }

  #takeGroup(): PendingAppend[] {
    const { groupAppends, groupBytes } = this.#parts.limits;
    let size = 0;
    let bytes = 0;
    for (const pending of this.#waiting) {
      if (size > 0 && (size >= groupAppends || bytes + pending.bytes > groupBytes)) break;
      size += 1;
      bytes += pending.bytes;
    }
    const group = this.#waiting.slice(0, size);
    this.#waiting = this.#waiting.slice(size);
    return group;
  }

  /**
   * One timer for all who wait, in whichever group: each gets the error after the same time, though the database be silent. A
   * group under way may be committed after that; the same event ids are then recognised.
   */
  #watchDeadlines(): void {
    const [oldest] = this.#underWay.length > 0 ? this.#underWay : this.#waiting;
    this.#deadlines = oldest && setTimeout(() => this.#giveUp(), oldest.giveUpAt - performance.now());
  }

  #giveUp(): void {
    const now = performance.now();
    const isOver = ({ giveUpAt }: PendingAppend): boolean => giveUpAt <= now;
    const over = [...this.#underWay, ...this.#waiting].filter(isOver);
    this.#underWay = this.#underWay.filter((pending) => !isOver(pending));
    this.#waiting = this.#waiting.filter((pending) => !isOver(pending));
    const cause = this.#lastFailure;
    for (const { reject } of over) reject(new EventStoreUnavailableError('the log is out of reach', { cause }));
    this.#watchDeadlines();
  }

  /** After a lost connection it is open whether the group was committed: the same event ids are recognised when it is repeated. */
  async #commitPersistently(): Promise<void> {
    const { log, connection } = this.#parts;
    while (this.#underWay.length > 0) {
      try {
        await this.#commit(this.#underWay);
        this.#lastFailure = undefined;
        return;
      } catch (error) {
        if (!isTransient(error)) throw error;
        this.#lastFailure = error;
        connection.discard();
        if (this.#underWay.length === 0) return;
        log.warn({ err: error, appends: this.#underWay.length }, 'append failed, trying again');
        await sleep(RETRY_MS);
      }
    }
  }

  async #commit(group: readonly PendingAppend[]): Promise<void> {
    const { connection, observer, onCommitted } = this.#parts;
    const startedAt = performance.now();
    const client = await connection.open();
    await this.#registerTypes(group);
    const { rows } = await client.query<OutcomeRow>({ ...APPEND_GROUP, values: groupParameters(group) });
    const [first] = rows;
    if (first?.append === null) onCommitted(settleAll(group, Number(first.last_position), first.seen));
    else {
      settleEach(group, rows);
      onCommitted([]);
    }
    observer.committed({
      appends: group.length,
      events: group.reduce((sum, { events }) => sum + events.length, 0),
      seconds: (performance.now() - startedAt) / 1_000,
      waiting: this.#waiting.length,
    });
  }

  /** A type is written down before its first event, so that a start need not read the whole log to know its types. */
  async #registerTypes(group: readonly PendingAppend[]): Promise<void> {
    const { knownTypes, connection } = this.#parts;
    const unknown = new Map<string, { type: string; version: number }>();
    for (const { event, encoded } of eventsOf(group)) {
      const key = `${event.type}/${encoded.schemaVersion}`;
      if (!knownTypes.has(key)) unknown.set(key, { type: event.type, version: encoded.schemaVersion });
    }
    if (unknown.size === 0) return;
    const client = await connection.open();
    const entries = [...unknown.values()];
    await client.query(REGISTER_EVENT_TYPES, [entries.map(({ type }) => type), entries.map(({ version }) => version)]);
    for (const key of unknown.keys()) knownTypes.add(key);
  }
}
