import type {
  EventBatch,
  EventHeader,
  RecordedEvent,
  SubscribeOptions,
} from '../../../src/application/ports/event-store.js';
import {
  LeaseLostError,
  type ParkedEvent,
  type ProjectionStore,
} from '../../../src/application/ports/projection-store.js';
import { runProjection, type ProjectionObserver } from '../../../src/application/projections/runner.js';
import type { EventId, Position, StreamId } from '../../../src/domain/kernel/ids.js';
import { hasReached } from '../../../src/domain/kernel/position.js';
import { fact } from '../../support/events.js';
import { positionOf } from '../../support/ids.js';

/** Makes the event at this position, in a stream of its own unless one is given. */
export const event = (n: number, stream = `s${n}`): RecordedEvent => ({
  position: positionOf(n),
  streamId: stream as StreamId,
  revision: 0,
  eventId: `e${n}` as EventId,
  type: 'ContactAdded',
  schemaVersion: 1,
  data: fact('ContactAdded').data,
  metadata: { recordedAt: '1970-01-01T00:00:00.000Z' } as RecordedEvent['metadata'],
});

/** Makes what a subscription yields: these events, and everything up to a position. */
export const batch = (
  after: number,
  events: readonly RecordedEvent[],
  to: number,
  rest: Partial<EventBatch> = {},
): EventBatch => ({
  after: positionOf(after),
  events,
  undecodable: [],
  position: positionOf(to),
  passed: to - after,
  caughtUp: false,
  ...rest,
});

export class TransientError extends Error {}

type Applied = Parameters<ProjectionStore['apply']>[0];

export interface SceneParts {
  readonly batches?: readonly EventBatch[];
  /** The outcomes of the tries to take the lease; after the last of them the lease is granted. */
  readonly leases?: readonly ('taken' | Error)[];
  readonly parked?: readonly string[];
  /** Answers the error with which the store fails when it is to apply this for the n-th time, counted from 1. */
  readonly failsWith?: (applied: Applied, time: number) => Error | undefined;
  readonly renewFailsWith?: Error;
  /** Runs when the runner waits for the n-th time, counted from 1. */
  readonly onWait?: (n: number, end: () => void) => void;
  /** The most events that the runner applies at a time. It then pauses behind each portion. */
  readonly portion?: number;
  /** Says that the observer has only the methods that it must have. */
  readonly isDeaf?: true;
}

const positions = (events: readonly EventHeader[]): string => events.map(({ position }) => ` ${position}`).join('');
const setAside = (parked: readonly ParkedEvent[]): string =>
  parked.map(({ event: { position }, reason }) => ` (${position}: ${reason})`).join('');

type Tell = (what: string) => void;

/** No scene tells as much as this: a runner that goes round in circles is ended. */
const MOST_TOLD = 100;

/** Makes a store in memory that tells what it is asked for, and fails when the test says so. */
const tellingStore = (parts: SceneParts, tell: Tell, end: () => void): ProjectionStore => {
  const leases = [...(parts.leases ?? [])];
  let checkpoint = positionOf(0);
  let times = 0;
  let isStopped = false;
  return {
    acquire: async () => {
      if (isStopped) {
        tell('lease withheld');
        end();
        return undefined;
      }
      const lease = leases.shift();
      tell(lease === 'taken' ? 'lease taken' : lease ? `lease: ${lease.message}` : `lease at ${checkpoint}`);
      if (lease instanceof Error) throw lease;
      return lease === 'taken'
        ? undefined
        : { position: checkpoint, parked: new Set(parts.parked as StreamId[] | undefined) };
    },
    apply: async (applied) => {
      const { events, parked, from, to } = applied;
      times += 1;
      const failure = from === checkpoint ? parts.failsWith?.(applied, times) : new LeaseLostError(`not at ${from}`);
      tell(`${failure ? 'fails' : 'applies'}${positions(events)}${setAside(parked)} to ${to}`);
      if (failure) throw failure;
      checkpoint = to;
    },
    renew: async () => {
      tell('renews');
      if (parts.renewFailsWith) throw parts.renewFailsWith;
    },
    stop: async (position, reason) => {
      isStopped = true;
      tell(`stops at ${position}: ${reason}`);
    },
    release: async () => tell('releases'),
    isTransient: (error) => error instanceof TransientError,
  };
};

const tellingObserver = (tell: Tell): ProjectionObserver => ({
  advanced: (position, events) => tell(`at ${position} by ${events}`),
  parked: ({ position }, reason) => tell(`parked ${position}: ${reason}`),
  retrying: (error) => tell(`again: ${(error as Error).message}`),
  stopped: (reason) => tell(`stopped: ${reason}`),
  alive: () => tell('alive'),
  caughtUp: (position) => tell(`caught up at ${position}`),
});

/** Answers the part behind a position of a batch that may have been applied in part. */
const behind = (after: Position, { events, undecodable, ...rest }: EventBatch): EventBatch => ({
  ...rest,
  after: hasReached(after, rest.after) ? after : rest.after,
  events: events.filter(({ position }) => !hasReached(after, position)),
  undecodable: undecodable.filter(({ position }) => !hasReached(after, position)),
});

/** Runs a projection until it has been given every batch; answers what it did and told, in order, and how it ended. */
export const runScene = async (parts: SceneParts): Promise<string[]> => {
  const told: string[] = [];
  const ending = new AbortController();
  const end = () => ending.abort(new Error('the end'));
  const tell = (what: string) => {
    told.push(what);
    if (told.length === MOST_TOLD) end();
  };
  let waits = 0;
  async function* subscribe({ after, filter, signal }: SubscribeOptions): AsyncGenerator<EventBatch> {
    tell(`follows ${filter?.types?.join(' ')} behind ${after}`);
    const { batches = [] } = parts;
    const rest = batches.filter(({ position }) => !hasReached(after!, position));
    // A batch that already begins at the right position, or that is not the first, is yielded unchanged.
    for (const [n, each] of rest.entries()) yield n === 0 && each.after !== after ? behind(after!, each) : each;
    if (signal === ending.signal) end();
  }
  const observer = tellingObserver(tell);
  const { advanced, parked, retrying } = observer;
  const running = runProjection({
    events: { subscribe },
    store: tellingStore(parts, tell, end),
    types: ['ContactAdded', 'UserErased'],
    signal: ending.signal,
    sleep: async (milliseconds) => {
      tell(`waits ${milliseconds}`);
      parts.onWait?.((waits += 1), end);
    },
    ...(parts.portion !== undefined && {
      pacing: {
        portion: parts.portion,
        now: () => (told.length + 1) * 1_000,
        rest: async ({ workedMs, lateMs, caughtUp }) =>
          tell(`rests after ${workedMs} ms, ${lateMs} ms late${caughtUp ? ', caught up' : ''}`),
      },
    }),
    observer: parts.isDeaf ? { advanced, parked, retrying } : observer,
  });
  await running.catch((error: unknown) => tell(`ends: ${(error as Error).message}`));
  return told;
};
