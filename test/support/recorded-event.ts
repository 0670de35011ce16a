import type { RecordedEvent } from '../../src/application/ports/event-store.js';
import { streamOf, type Position } from '../../src/domain/kernel/ids.js';
import { eventNumbered } from './test-codec.js';

/** Makes the event that the log holds at a position, numbered by it; every third one is of another type. */
export const recordedAt = (position: number): RecordedEvent => ({
  ...eventNumbered(position, position % 3 === 0 ? 'SessionRefreshed' : 'RequestAccepted'),
  position: String(position) as Position,
  streamId: streamOf('any', 'one'),
  revision: position - 1,
  schemaVersion: 1,
});
