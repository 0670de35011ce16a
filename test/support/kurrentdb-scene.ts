import type { AppendBatch, NewEvent, RecordedEvent } from '../../src/application/ports/event-store.js';
import {
  createKurrentDbEventStore,
  type KurrentDbEventStore,
} from '../../src/infrastructure/event-store/kurrentdb/kurrentdb-event-store.js';
import type { KurrentDbLimits } from '../../src/infrastructure/event-store/kurrentdb/store-limits.js';
import { newStream } from '../contracts/store-steps.js';
import { KurrentDbDouble } from './kurrentdb-double/kurrentdb-double.js';
import { eventNumbered, numberOf, testCodec } from './test-codec.js';

/** With these limits, a server that answers nothing is noticed soon. */
export const HASTY = { answerWithinMs: 500, retryForMs: 1_500 };

/** The double, and stores that were opened on it. */
export interface KurrentDbScene {
  readonly double: KurrentDbDouble;
  /** What the stores have warned of. */
  readonly warnings: readonly string[];
  open(limits?: Partial<KurrentDbLimits>): Promise<KurrentDbEventStore>;
  close(): Promise<void>;
}

export const openKurrentDbScene = async (): Promise<KurrentDbScene> => {
  const double = await new KurrentDbDouble().start();
  const warnings: string[] = [];
  const opened: KurrentDbEventStore[] = [];
  const log = { warn: (_: unknown, message: string) => warnings.push(message), error: () => undefined };
  return {
    double,
    warnings,
    open: async (limits = {}) => {
      const store = await createKurrentDbEventStore({ url: double.url, codec: testCodec, log, limits });
      opened.push(store);
      return store;
    },
    close: async () => {
      double.faults.thaw();
      for (const store of opened) await store.close();
      double.stop();
    },
  };
};

/** Makes an append of one event to one stream. */
export const batchOf = (streamId = newStream(), event: NewEvent = eventNumbered(1)): AppendBatch => ({
  streams: [{ streamId, expected: 'no stream', events: [event] }],
});

/** Follows the log from its start until it has seen an event with this number. */
export const followTo = async (
  store: KurrentDbEventStore,
  last: number,
  onBatch: (seen: number, caughtUp: boolean) => void = () => undefined,
): Promise<readonly RecordedEvent[]> => {
  const ending = new AbortController();
  const seen: RecordedEvent[] = [];
  for await (const { events, caughtUp } of store.subscribe({ signal: ending.signal })) {
    seen.push(...events);
    onBatch(seen.length, caughtUp);
    if (events.some((event) => numberOf(event) === last)) ending.abort();
  }
  return seen;
};
