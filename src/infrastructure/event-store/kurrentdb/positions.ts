import type { EventStore } from '../../../application/ports/event-store.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../../domain/kernel/position.js';
import type { LogReader } from './log-reader.js';

/** So many events are counted; more are estimated. */
const COUNTED = 1_000;

const lengthOf = (after: Position, upTo: Position): number => Number(BigInt(upTo) - BigInt(after));

/** The first events of a stretch: how many they are, and where the last of them stands. */
interface Sample {
  readonly count: number;
  readonly last: Position;
}

const sampleOf = async (reader: LogReader, after: Position, upTo: Position): Promise<Sample> => {
  let count = 0;
  let last = after;
  for await (const page of reader.all({ after, upTo, limit: COUNTED + 1 })) {
    count += page.length;
    last = page.at(-1)?.position ?? last;
  }
  return { count, last };
};

/** Takes samples, and keeps that of the beginning of the log, from which progress is counted again and again. */
const createSamples = (reader: LogReader) => {
  let first: Sample | undefined;
  return async (after: Position, upTo: Position): Promise<Sample> => {
    if (after === LOG_START && first && hasReached(upTo, first.last)) return first;
    const sample = await sampleOf(reader, after, upTo);
    if (after === LOG_START && sample.count > COUNTED) first = sample;
    return sample;
  };
};

/** Counts in a log whose positions are places in a file. */
export const createPositions = (reader: LogReader): Pick<EventStore, 'countBetween' | 'positionBefore'> => {
  const sampled = createSamples(reader);
  return {
    countBetween: async (after, upTo) => {
      if (hasReached(after, upTo)) return 0;
      const { count, last } = await sampled(after, upTo);
      // The events are taken to be as long on average as those that were read.
      return count <= COUNTED ? count : Math.round((count * lengthOf(after, upTo)) / lengthOf(after, last));
    },
    positionBefore: async (position, events) => {
      if (events === 0) return position;
      let left = events + 1;
      for await (const page of reader.all({ upTo: position, direction: 'backwards', limit: left })) {
        left -= page.length;
        if (left === 0) return page.at(-1)?.position ?? LOG_START;
      }
      return LOG_START;
    },
  };
};
