import type { ProjectionStore } from '../ports/projection-store.js';
import type { Tracing } from '../ports/tracing.js';

/** Applies each batch of a projection in a span, where spans are made. */
export const tracedStore = (store: ProjectionStore, projection: string, tracing: Tracing): ProjectionStore => {
  if (!tracing.isOn) return store;
  return {
    acquire: () => store.acquire(),
    apply: (batch) => {
      const { events, to } = batch;
      const attributes = { 'chatapp.projection': projection, 'chatapp.events': events.length, 'chatapp.position': to };
      return tracing.batch('project', attributes, events, () => store.apply(batch));
    },
    computeAhead: (batch) => store.computeAhead?.(batch),
    renew: () => store.renew(),
    stop: (...given) => store.stop(...given),
    release: () => store.release(),
    isTransient: (error) => store.isTransient(error),
  };
};
