import type { Instant, Position } from '../../domain/kernel/ids.js';
import type { OriginalMessage } from '../../domain/messages/state.js';
import { UndecodableEventError, type EventStore } from '../ports/event-store.js';

/** A message as it was sent, and its place in the log. */
export type SentMessage = OriginalMessage & { readonly position: Position };

type Log = Pick<EventStore, 'readAll'>;

/**
 * Messages are nearly in the order of their times: the clock of a server may have been ahead. It is looked past so many younger ones that
 * follow each other.
 */
const MOST_YOUNGER = 1_000;

async function* messagesIn(log: Log, after: Position): AsyncGenerator<SentMessage> {
  for await (const { type, data, position } of log.readAll({ after, filter: { types: ['MessageSent'] } }))
    if (type === 'MessageSent') yield { ...data, position };
}

/** Answers the position of an event that cannot be decoded; raises any other error. */
const placeOfUndecodable = (error: unknown): Position => {
  if (error instanceof UndecodableEventError) return error.event.position;
  throw error;
};

/** Gives messages in the order of the log. One that cannot be read is passed over. */
async function* messagesBehind(log: Log, from: Position): AsyncGenerator<SentMessage> {
  let after: Position | undefined = from;
  while (after !== undefined) {
    try {
      yield* messagesIn(log, after);
      after = undefined;
    } catch (error) {
      after = placeOfUndecodable(error);
    }
  }
}

/** Gives the messages that were sent before a time, in the order of the log, until only younger ones follow. */
export async function* sentBefore(
  log: Log,
  time: Instant,
  from: Position,
): AsyncGenerator<SentMessage & { readonly isBehindYounger: boolean }> {
  let [younger, isBehindYounger] = [0, false];
  for await (const sent of messagesBehind(log, from)) {
    if (sent.sentAt < time) {
      younger = 0;
      yield { ...sent, isBehindYounger };
      continue;
    }
    isBehindYounger = true;
    if ((younger += 1) > MOST_YOUNGER) return;
  }
}
