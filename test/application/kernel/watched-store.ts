import type { AppendBatch, EventStore } from '../../../src/application/ports/event-store.js';
import type { StreamId } from '../../../src/domain/kernel/ids.js';

/** What commands do with a store: the streams they read and the batches they append are noted. */
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
