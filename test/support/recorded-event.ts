import type { RecordedEvent } from '../../src/application/ports/event-store.js';
import { streamOf, type Position } from '../../src/domain/kernel/ids.js';
import { eventNumbered } from './test-codec.js';

/** An event as it stands in the log at a position, numbered by it; of every three, one is of another type. */
export const recordedAt = (position: number): RecordedEvent => ({
  ...eventNumbered(position, position % 3 === 0 ? 'SessionRefreshed' : 'RequestAccepted'),
  position: String(position) as Position,
  streamId: streamOf('any', 'one'),
  revision: position - 1,
  schemaVersion: 1,
});
