import { randomInt, randomUUID } from 'node:crypto';
import { ConcurrencyError, type AppendBatch, type EventStore } from '../../src/application/ports/event-store.js';
import { streamOf } from '../../src/domain/kernel/ids.js';
import { createPostgresEventStore } from '../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { eventNumbered, plain, testCodec } from '../support/test-codec.js';
import { untilAnswering } from './until-answering.js';

/** This process appends to streams that it shares with others, and reports each append that was acknowledged. */

const CALLERS = 8;
const STREAMS = 10;

const url = process.argv[2] ?? '';

/** Makes events with the same note, which must all be in the log or none. */
const eventsOf = (count: number, note: string) =>
  Array.from({ length: count }, (_, n) => ({ ...eventNumbered(n), ...plain(n, note) }));

const toOne = (): AppendBatch => {
  const count = randomInt(1, 4);
  const note = `${randomUUID()}/${count}`;
  return {
    streams: [
      { streamId: streamOf('shared', String(randomInt(STREAMS))), expected: 'any', events: eventsOf(count, note) },
    ],
  };
};

const toTwo = (): AppendBatch => {
  const note = `${randomUUID()}/2`;
  const n = String(randomInt(STREAMS));
  return {
    streams: ['left', 'right'].map((side) => ({
      streamId: streamOf(side, n),
      expected: 'any' as const,
      events: eventsOf(1, note),
    })),
  };
};

const atExactRevision = async (store: EventStore): Promise<AppendBatch> => {
  const streamId = streamOf('exact', String(randomInt(STREAMS)));
  let expected: number | 'no stream' = 'no stream';
  for await (const { revision } of store.readStream(streamId, { direction: 'backwards', limit: 1 }))
    expected = revision;
  return { streams: [{ streamId, expected, events: eventsOf(1, `${randomUUID()}/1`) }] };
};

const appendForEver = async (store: EventStore): Promise<never> => {
  for (;;) {
    try {
      const batch = await [toOne, toTwo, () => atExactRevision(store)][randomInt(3)]?.();
      if (!batch) continue;
      const { position } = await store.append(batch);
      process.send?.({
        position,
        eventIds: batch.streams.flatMap(({ events }) => events.map(({ eventId }) => eventId)),
      });
    } catch (error) {
      // A lost race is part of the test, and so is a database that is away: neither was acknowledged.
      if (!(error instanceof ConcurrencyError)) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
};

/** Opens the log as soon as the database is there. */
const open = async (): Promise<EventStore> => {
  for (;;) {
    const pool = await untilAnswering(url);
    try {
      return await createPostgresEventStore({
        pool,
        codec: testCodec,
        log: { warn: () => undefined, error: () => undefined },
      });
    } catch {
      await pool.end(); // the database went away meanwhile: start again
    }
  }
};

const store = await open();
process.on('disconnect', () => process.exit());
await Promise.all(Array.from({ length: CALLERS }, () => appendForEver(store)));
