import { UndecodableEventError, type EventHeader } from '../../src/application/ports/event-store.js';
import type { Position } from '../../src/domain/kernel/ids.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import type { LogUnderTest } from '../contracts/store-steps.js';
import { newStream } from '../contracts/store-steps.js';
import { eventNumbered } from './test-codec.js';

/** Positions are this far apart, and soon exceed what a JavaScript number holds exactly. */
const STEP = 10n ** 16n;
const OFFSET = 7n;

const outer = (position: Position): Position =>
  position === LOG_START ? LOG_START : (String(BigInt(position) * STEP + OFFSET) as Position);

/** Answers the last position of the dense log at or before this one. */
const inner = (position: Position): Position =>
  BigInt(position) < OFFSET ? LOG_START : (String((BigInt(position) - OFFSET) / STEP) as Position);

/** Says whether an event can be there. */
const isOuter = (position: Position): boolean => outer(inner(position)) === position;

const moved = <Event extends EventHeader>(event: Event): Event => ({ ...event, position: outer(event.position) });

const rangeOf = <Options extends { readonly after?: Position; readonly upTo?: Position }>(
  options: Options,
): Options => ({
  ...options,
  ...(options.after !== undefined && { after: inner(options.after) }),
  ...(options.upTo !== undefined && { upTo: inner(options.upTo) }),
});

async function* movedEvents<Event extends EventHeader>(events: AsyncIterable<Event>): AsyncGenerator<Event> {
  try {
    for await (const event of events) yield moved(event);
  } catch (error) {
    throw error instanceof UndecodableEventError ? new UndecodableEventError(moved(error.event)) : error;
  }
}

interface Batch {
  readonly after: Position;
  readonly position: Position;
  readonly events: readonly EventHeader[];
  readonly undecodable?: readonly EventHeader[];
}

async function* movedBatches<B extends Batch>(batches: AsyncIterable<B>): AsyncGenerator<B> {
  for await (const batch of batches)
    yield {
      ...batch,
      after: outer(batch.after),
      position: outer(batch.position),
      events: batch.events.map(moved),
      ...(batch.undecodable && { undecodable: batch.undecodable.map(moved) }),
    };
}

const noise = () => ({
  streams: [
    {
      streamId: newStream('noise'),
      expected: 'any' as const,
      events: [eventNumbered(0), eventNumbered(0, 'SessionRefreshed')],
    },
  ],
});

/**
 * Wraps a log so that it is as another engine may keep it: its positions have gaps, and others append to it around
 * every append.
 */
export const sparseLog = (log: LogUnderTest): LogUnderTest => ({
  append: async (batch) => {
    await log.append(noise());
    const result = await log.append(batch);
    await log.append(noise());
    return { ...result, position: outer(result.position) };
  },
  readStream: (streamId, options) => movedEvents(log.readStream(streamId, options)),
  heads: (streamIds) => log.heads(streamIds),
  readAll: (options = {}) => movedEvents(log.readAll(rangeOf(options))),
  subscribe: (options) => movedBatches(log.subscribe(rangeOf(options))),
  raw: {
    at: async (positions) => (await log.raw.at(positions.filter(isOuter).map(inner))).map(moved),
    readAll: (options = {}) => movedEvents(log.raw.readAll(rangeOf(options))),
    readStream: (streamId, options) => movedEvents(log.raw.readStream(streamId, options)),
    subscribe: (options) => movedBatches(log.raw.subscribe(rangeOf(options))),
  },
  head: async () => outer(await log.head()),
  countBetween: (after, upTo) => log.countBetween(inner(after), inner(upTo)),
  positionBefore: async (position, events) => outer(await log.positionBefore(inner(position), events)),
});
