import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { Position, StreamId } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';
import { KeyUnavailableError } from '../ports/event-codec.js';
import type { EventBatch, EventHeader, EventStore, RecordedEvent, UndecodableEvent } from '../ports/event-store.js';
import {
  BrokenSequenceError,
  GenerationGoneError,
  LeaseLostError,
  type ParkedEvent,
  type ProjectionStore,
} from '../ports/projection-store.js';
import { cutOff, partBehind, PortionSize, type Applied } from './pace.js';
import { requireSequence } from './require-sequence.js';
import { FAILURE_POLICY, type FailurePolicy } from './failure-policy.js';

/** Observes a projection, for metrics, logs and callers who wait for it. */
export interface ProjectionObserver {
  /** Called when everything up to a position is in the read models. */
  advanced(position: Position, events: number): Promise<void> | void;
  /** Called when an event could not be decoded or applied, and was parked. */
  parked(event: EventHeader, reason: string): void;
  /** Called with a failure after which the work is tried again. */
  retrying(error: unknown): void;
  /** Called when it has stopped: the next events would have made wrong rows. */
  stopped?(reason: string): void;
  /** Called while it works, or waits because another node works. */
  alive?(): void;
  /** Called when the end of the log was reached. */
  caughtUp?(position: Position): void;
}

export interface RunnerParts {
  readonly events: Pick<EventStore, 'subscribe'>;
  readonly store: ProjectionStore;
  /** The types of events that it is made from. */
  readonly types: readonly ChatEventType[];
  readonly observer: ProjectionObserver;
  readonly signal: AbortSignal;
  /** Resolves after the time, or at once when the signal is given. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly policy?: FailurePolicy;
  /** In which portions events are applied, and how long it pauses behind each. All at once, without pauses, by default. */
  readonly pacing?: Pacing;
}

interface Pacing {
  /** The most events that are applied at a time. */
  readonly portion: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Pauses behind a portion. */
  readonly rest: (applied: Applied) => Promise<void>;
}

const WITHOUT_PAUSES: Pacing = { portion: Infinity, now: Date.now, rest: () => Promise.resolve() };

const LEASE_POLL_MS = 1_000;
/** This is long enough for another node to take a lease that was given up. */
const GIVEN_UP_MS = 5_000;
/** A checkpoint that only moves over events of others is written at this interval. */
const IDLE_CHECKPOINT_EVENTS = 5_000;

const PARKED_STREAM = 'an earlier event of its stream is parked';

/** Runs one projection until the signal: takes the lease, catches up, follows. Raises `GenerationGoneError`. */
export const runProjection = async (parts: RunnerParts): Promise<void> => {
  const { store, signal, pacing = WITHOUT_PAUSES } = parts;
  const size = new PortionSize(pacing.portion);
  try {
    while (!signal.aborted) await runUnderLease(parts, size);
  } finally {
    await store.release();
  }
};

/** Works as long as this node holds the lease, or waits for it. */
const runUnderLease = async (parts: RunnerParts, size: PortionSize): Promise<void> => {
  const { store, signal, sleep, observer } = parts;
  try {
    const start = await store.acquire();
    if (start) await follow(new Run(parts, size, start), parts);
    else {
      observer.alive?.();
      await sleep(LEASE_POLL_MS);
    }
  } catch (error) {
    if (error instanceof GenerationGoneError) throw error;
    if (signal.aborted) return;
    observer.retrying(error);
    await sleep(await waitAfter(error, store));
  }
};

type Start = NonNullable<Awaited<ReturnType<ProjectionStore['acquire']>>>;

/** Follows until the lease is lost, or stops the projection for every node. */
const follow = async (run: Run, { store, observer }: RunnerParts): Promise<void> => {
  try {
    await run.follow();
  } catch (error) {
    if (!(error instanceof BrokenSequenceError)) throw error;
    await store.stop(run.checkpoint, error.message);
    observer.stopped?.(error.message);
  }
};

/** Another node may be able to read what this one cannot: it gets the lease. */
const waitAfter = async (error: unknown, store: ProjectionStore): Promise<number> => {
  if (!(error instanceof KeyUnavailableError)) return LEASE_POLL_MS;
  await store.release();
  return GIVEN_UP_MS;
};

/** The work under one lease. */
class Run {
  readonly #parts: RunnerParts;
  readonly #policy: FailurePolicy;
  readonly #pacing: Pacing;
  readonly #size: PortionSize;
  readonly #parked: Set<StreamId>;
  #checkpoint: Position;
  /** The number of events that were passed behind the checkpoint, because they concern others. */
  #idleEvents = 0;
  /** The number of tries that have failed since something was applied. */
  #failures = 0;

  constructor(parts: RunnerParts, size: PortionSize, { position, parked }: Start) {
    this.#parts = parts;
    this.#policy = parts.policy ?? FAILURE_POLICY;
    this.#pacing = parts.pacing ?? WITHOUT_PAUSES;
    this.#size = size;
    this.#checkpoint = position;
    this.#parked = new Set(parked);
  }

  get checkpoint(): Position {
    return this.#checkpoint;
  }

  async follow(): Promise<void> {
    const { events, types, observer, signal } = this.#parts;
    let reached = this.#checkpoint;
    await observer.advanced(this.#checkpoint, 0);
    for await (const batch of events.subscribe({ after: this.#checkpoint, filter: { types }, signal })) {
      requireSequence(batch, reached);
      reached = batch.position;
      await this.#takeInPortions(batch);
    }
  }

  async #takeInPortions(batch: EventBatch): Promise<void> {
    for (let left: EventBatch | undefined = batch; left !== undefined;) {
      const { portion, rest } = cutOff(left, this.#size.events);
      left = (await this.#takeInTurn(portion)) ? rest : partBehind(left, this.#checkpoint);
    }
  }

  /** Takes a portion, then leaves time to others. Answers false where it was too large to be taken whole. */
  async #takeInTurn(portion: EventBatch): Promise<boolean> {
    const { observer } = this.#parts;
    const { now, rest } = this.#pacing;
    const { events, position, caughtUp } = portion;
    const startedAt = now();
    if (!(await this.#take(portion))) return false;
    await observer.advanced(position, events.length);
    observer.alive?.();
    if (caughtUp) observer.caughtUp?.(position);
    const last = events.at(-1);
    const endedAt = now();
    const workedMs = endedAt - startedAt;
    this.#size.applied(events.length, workedMs);
    if (last) await rest({ workedMs, lateMs: endedAt - Date.parse(last.metadata.recordedAt), caughtUp });
    return true;
  }

  async #take(batch: EventBatch): Promise<boolean> {
    let rest = batch.events;
    for (const event of batch.undecodable) {
      const earlier = rest.filter((each) => hasReached(event.position, each.position));
      const last = earlier.at(-1);
      if (last && !(await this.#applyPersistently(earlier, last.position))) return false;
      rest = rest.slice(earlier.length);
      await this.#parkUndecodable(event);
    }
    return this.#finish(rest, batch);
  }

  /** An event that cannot be decoded is not tried again. Only a lost connection is waited for. */
  async #parkUndecodable(event: UndecodableEvent): Promise<void> {
    const { store, observer, sleep, signal } = this.#parts;
    for (let attempt = 0; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        await this.#apply([], [{ event, reason: event.reason }], event.position);
        this.#parked.add(event.streamId);
        return;
      } catch (error) {
        if (!store.isTransient(error)) throw error;
        observer.retrying(error);
        await sleep(this.#policy.backOffMs(attempt));
      }
    }
  }

  async #finish(events: readonly RecordedEvent[], { position, passed }: EventBatch): Promise<boolean> {
    if (events.length > 0) return this.#applyPersistently(events, position);
    this.#idleEvents += passed;
    if (this.#idleEvents >= IDLE_CHECKPOINT_EVENTS) await this.#apply([], [], position);
    else await this.#parts.store.renew();
    return true;
  }

  /**
   * Applies a batch. Answers false where that has failed and may succeed with fewer events. It raises the signal's reason when it
   * is stopped first: nothing after an event that was not applied may be.
   */
  async #applyPersistently(events: readonly RecordedEvent[], position: Position): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      this.#parts.signal.throwIfAborted();
      try {
        const healthy = events.filter(({ streamId }) => !this.#parked.has(streamId));
        const behind = events.filter(({ streamId }) => this.#parked.has(streamId));
        await this.#apply(
          healthy,
          behind.map((event) => ({ event, reason: PARKED_STREAM })),
          position,
        );
        return true;
      } catch (error) {
        await this.#recover(error, attempt, events, position);
        if (this.#checkpoint === position) return true;
        if (events.length > this.#size.events) return false;
      }
    }
  }

  /** Waits for the next try. When the tries are used up, it finds the event that fails. */
  async #recover(error: unknown, attempt: number, events: readonly RecordedEvent[], position: Position): Promise<void> {
    const { store, observer } = this.#parts;
    if (error instanceof LeaseLostError || error instanceof BrokenSequenceError) throw error;
    observer.retrying(error);
    if (store.isTransient(error)) {
      this.#size.failed(events.length);
      await this.#backOff(this.#failures);
    } else if (attempt + 1 < this.#policy.attempts) await this.#backOff(attempt);
    else if (events.length > 1) await this.#oneByOne(events, position);
    else await this.#park(events, position, error);
  }

  async #backOff(attempt: number): Promise<void> {
    this.#failures += 1;
    await this.#parts.sleep(this.#policy.backOffMs(attempt));
  }

  async #oneByOne(events: readonly RecordedEvent[], position: Position): Promise<void> {
    for (const event of events) await this.#applyPersistently([event], event.position);
    if (this.#checkpoint !== position) await this.#apply([], [], position);
  }

  async #park(events: readonly RecordedEvent[], position: Position, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    await this.#apply(
      [],
      events.map((event) => ({ event, reason })),
      position,
    );
    for (const { streamId } of events) this.#parked.add(streamId);
  }

  async #apply(events: readonly RecordedEvent[], parked: readonly ParkedEvent[], to: Position): Promise<void> {
    await this.#parts.store.apply({ events, parked, from: this.#checkpoint, to });
    this.#checkpoint = to;
    this.#idleEvents = 0;
    this.#failures = 0;
    for (const { event, reason } of parked) this.#parts.observer.parked(event, reason);
  }
}
