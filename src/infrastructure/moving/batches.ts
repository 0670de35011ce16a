import type { RawEvent } from '../../application/ports/raw-log.js';
import type { CommandId } from '../../domain/kernel/ids.js';
import { createIdentifiers } from '../identifiers.js';

const { eventId: derivedId } = createIdentifiers();

const commandOf = ({ metadata }: RawEvent): CommandId | undefined => {
  try {
    return (JSON.parse(metadata.toString()) as { readonly commandId?: CommandId } | null)?.commandId;
  } catch {
    return undefined; // damaged metadata are copied as they are, and their event alone
  }
};

/**
 * Puts the events together that one command appended: they stand one behind the other, and the id of the first of them is derived from
 * the command and the number 0.
 */
export async function* batchesOf(events: AsyncIterable<RawEvent>): AsyncGenerator<readonly RawEvent[]> {
  let batch: RawEvent[] = [];
  let before: CommandId | undefined;
  for await (const event of events) {
    const command = commandOf(event);
    const begins = command === undefined || command !== before || event.eventId === derivedId(command, 0);
    if (begins && batch.length > 0) yield batch;
    batch = begins ? [event] : [...batch, event];
    before = command;
  }
  if (batch.length > 0) yield batch;
}
