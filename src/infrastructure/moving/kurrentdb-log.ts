import { randomUUID } from 'node:crypto';
import type { ConsistencyCheck, KurrentDBClient } from '@kurrent/kurrentdb-client';
import type { RawEvent } from '../../application/ports/raw-log.js';
import type { Position } from '../../domain/kernel/ids.js';
import { appendRecords } from '../event-store/kurrentdb/append-records.js';
import { checkOf } from '../event-store/kurrentdb/appender.js';
import { answered, backOff, pause, type CallParts } from '../event-store/kurrentdb/calls.js';
import { closeClient, openUsable } from '../event-store/kurrentdb/connect.js';
import { isTransient, violationsOf } from '../event-store/kurrentdb/kurrentdb-errors.js';
import { LogReader } from '../event-store/kurrentdb/log-reader.js';
import { createPositions } from '../event-store/kurrentdb/positions.js';
import { markerRecord, markerStreamOf, rawRecordOf } from '../event-store/kurrentdb/records.js';
import { KURRENTDB_LIMITS, type KurrentDbLimits } from '../event-store/kurrentdb/store-limits.js';
import type { StoreLog } from '../event-store/store-observer.js';
import { allOf, firstOf } from './first-of.js';
import { otherWriter, type MovedLog, type UnplacedEvent } from './moved-log.js';

type Batches = readonly (readonly UnplacedEvent[])[];

async function* eachOf(pages: AsyncIterable<readonly RawEvent[]>): AsyncGenerator<RawEvent> {
  for await (const page of pages) yield* page;
}

/** Each stream must end where the first of its events follows on it; each marker must be absent. */
const checksOf = (batches: Batches): ConsistencyCheck[] => {
  const expected = new Map<string, 'no stream' | number>();
  for (const batch of batches) {
    if (batch[0]) expected.set(markerStreamOf(batch[0].eventId), 'no stream');
    for (const { streamId, revision } of batch)
      if (!expected.has(streamId)) expected.set(streamId, revision === 0 ? 'no stream' : revision - 1);
  }
  return [...expected].map(([stream, revision]) => checkOf(stream, revision));
};

const recordsOf = (batches: Batches) =>
  batches.flatMap((batch) => [
    ...batch.slice(0, 1).map(({ eventId }) => {
      const marker = { call: randomUUID(), events: batch.length };
      return markerRecord(markerStreamOf(eventId), marker);
    }),
    ...batch.map(rawRecordOf),
  ]);

/** Says whether these are the events, one by one. */
const areSame = (found: readonly RawEvent[], events: readonly UnplacedEvent[]): boolean =>
  found.length === events.length && events.every(({ eventId }, index) => found[index]?.eventId === eventId);

interface AppendParts extends CallParts {
  readonly client: KurrentDBClient;
  readonly reader: LogReader;
  readonly place: string;
}

/** Appends, and answers what stands behind the head then: an attempt without an answer may have been carried out. */
const appendOnce = async (parts: AppendParts, batches: Batches, head: Position): Promise<RawEvent[]> => {
  const { client, reader, limits } = parts;
  const behind = () => allOf(eachOf(reader.all({ after: head })));
  try {
    await answered(limits.answerWithinMs, appendRecords(client, recordsOf(batches), checksOf(batches)));
  } catch (error) {
    if (!isTransient(error) && !violationsOf(error)) throw error;
    const found = await behind();
    if (found.length === 0) throw error;
    return found;
  }
  return behind();
};

const appendTo = async (parts: AppendParts, batches: Batches, head: Position): Promise<readonly Position[]> => {
  const giveUpAt = performance.now() + parts.limits.retryForMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const found = await appendOnce(parts, batches, head);
      if (!areSame(found, batches.flat())) throw otherWriter(parts.place);
      return found.map(({ position }) => position);
    } catch (error) {
      if (!isTransient(error) || performance.now() > giveUpAt) throw error;
      await pause(backOff(attempt), parts.closing);
    }
  }
};

/** The log in KurrentDB, for a copy. What one command appended gets the marker that it has when it is appended there. */
export const kurrentDbLog = async (
  url: string,
  place: string,
  log: StoreLog,
  more: Partial<KurrentDbLimits> = {},
): Promise<MovedLog> => {
  const closing = new AbortController();
  const calls: CallParts = { limits: { ...KURRENTDB_LIMITS, ...more }, log, closing: closing.signal };
  const { client } = await openUsable(url, calls);
  const reader = new LogReader(client, calls);
  return {
    place,
    head: () => reader.head(),
    read: (after, upTo) => eachOf(reader.all({ after, upTo })),
    lastUpTo: (position) => firstOf(eachOf(reader.all({ upTo: position, direction: 'backwards', limit: 1 }))),
    findPosition: async (streamId, revision) =>
      (await firstOf(eachOf(reader.stream(streamId, { from: revision, limit: 1 }))))?.position,
    countBetween: createPositions(reader).countBetween,
    append: (batches, head) => appendTo({ ...calls, client, reader, place }, batches, head),
    close: async () => {
      closing.abort();
      await closeClient(client);
    },
  };
};
