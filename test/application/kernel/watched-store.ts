import type { AppendBatch, EventStore } from '../../../src/application/ports/event-store.js';
import type { StreamId } from '../../../src/domain/kernel/ids.js';

/** Wraps a store, and notes the streams that commands read and the batches that they append. */
export const watchedStore = (store: EventStore) => {
  const readings: StreamId[] = [];
  const batches: AppendBatch[] = [];
  const watched: Pick<EventStore, 'readStream' | 'append'> = {
    readStream: (streamId, options) => {
      readings.push(streamId);
      return store.readStream(streamId, options);
    },
    append: (batch) => {
      batches.push(batch);
      return store.append(batch);
    },
  };
  return { store: watched as EventStore, readings, batches };
};
