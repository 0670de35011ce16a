import type { Instant } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { RecordedEvent } from '../ports/event-store.js';
import type { Identifiers } from '../ports/identifiers.js';

/**
 * The context of the command that a reactor gives because of an event. The command's id comes from the event: given
 * twice, it is one command, and its events are appended once.
 */
export const reactionTo = (
  { eventId, metadata: { correlationId } }: Pick<RecordedEvent, 'eventId' | 'metadata'>,
  reactor: string,
  identifiers: Pick<Identifiers, 'reactionId'>,
  now: Instant,
): CommandContext<null> => ({
  commandId: identifiers.reactionId(eventId, reactor),
  correlationId,
  causationId: eventId,
  actor: null,
  sessionId: null,
  now,
  address: reactor,
  claim: null,
});
