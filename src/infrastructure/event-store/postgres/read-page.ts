import { setTimeout as sleep } from 'node:timers/promises';
import { KeyUnavailableError } from '../../../application/ports/event-codec.js';
import type { EventHeader, SubscribeOptions } from '../../../application/ports/event-store.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { isTransient } from '../../postgres/sql-state.js';
import type { LogPage, LogReader } from './log-reader.js';
import type { StoreLog } from '../store-observer.js';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/** What a subscription needs to read the table. */
export interface PageParts<Entry extends EventHeader> {
  readonly reader: Pick<LogReader<Entry, EventHeader>, 'head' | 'page'>;
  readonly log: StoreLog;
}

/** Waits for a time, or until the signal. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined); // it rejects by the signal alone

/**
 * Reads the next page; undefined when the subscription ended meanwhile. Whatever fails is tried again: a subscription that
 * ended by an error would leave its consumer behind for good, and nobody would start it again.
 */
export const readPage = async <Entry extends EventHeader>(
  { reader, log }: PageParts<Entry>,
  { filter, signal }: SubscribeOptions,
  after: Position,
): Promise<LogPage<Entry> | undefined> => {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      return await reader.page(after, await reader.head(), filter);
    } catch (error) {
      // Another node may know the key: this node's consumer leaves the work to that one, and is started again.
      if (error instanceof KeyUnavailableError) throw error;
      if (isTransient(error)) log.warn({ err: error, after }, 'subscription lost its connection, trying again');
      else log.error({ err: error, after }, 'subscription cannot read the log, trying again');
      await pause(Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS), signal);
    }
  }
  return undefined;
};
