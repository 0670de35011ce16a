import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { concernedUsers, namedConversation, namedMessage } from '../../application/audit/concerned.js';
import type { AuditedBatch, AuditedEvent, AuditedLog } from '../../application/ports/audited-log.js';
import type { EventCodec } from '../../application/ports/event-codec.js';
import type { EventMetadata, UndecodableEvent } from '../../application/ports/event-store.js';
import type { RawBatch, RawEvent } from '../../application/ports/raw-log.js';
import { BoundedCache } from '../../application/kernel/bounded-cache.js';
import { streamOf, type ConversationId, type MessageId, type Position } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';
import { message } from '../../domain/messages/decider.js';
import { decodeRaw } from './decode-raw.js';
import type { LogEntry } from './log-entry.js';
import type { StoredLog } from './stored-log.js';

/** After so long without an event, an empty batch says that all is well. */
const SILENCE_MS = 5_000;
const MOST_REMEMBERED = 10_000;
/** So many events are decoded before others have their turn: 5 to 20 ms, by how long their texts are. */
const DECODED_AT_ONCE = 250;

export interface AuditedLogParts {
  readonly events: StoredLog;
  readonly codec: EventCodec;
  readonly silenceMs?: number;
  /**
   * Answers a position of the log at this one or before it. Auditors ask by any number, and a log with gaps between its positions can be
   * read from those alone that it has given out. Without it, the log is read from anywhere.
   */
  readonly placeBefore?: ((position: Position) => Promise<Position>) | undefined;
}

const asGiven = (position: Position): Promise<Position> => Promise.resolve(position);

const isUndecodable = (entry: LogEntry): entry is UndecodableEvent => 'reason' in entry;

/** Parses what is stored, as far as it is an object. */
const parsed = (bytes: Buffer): object => {
  try {
    const content: unknown = JSON.parse(bytes.toString());
    return typeof content === 'object' && content !== null ? content : {};
  } catch {
    return {}; // it is shown as it is stored
  }
};

const shownOf = (
  entry: LogEntry,
  { data, metadata }: RawEvent,
): Pick<AuditedEvent, 'data' | 'metadata' | 'isErased' | 'undecodable'> =>
  isUndecodable(entry)
    ? { data: null, metadata: null, isErased: false, undecodable: { reason: entry.reason, data, metadata } }
    : { data: entry.data, metadata: entry.metadata, isErased: 'erased' in entry, undecodable: null };

const eventOf = (entry: LogEntry, raw: RawEvent): AuditedEvent => {
  const { position, streamId, revision, eventId, type, schemaVersion } = raw;
  const { data, metadata, isErased, undecodable } = shownOf(entry, raw);
  const content = data ?? parsed(raw.data);
  const { actorId = null, recordedAt = null } = (metadata ?? parsed(raw.metadata)) as Partial<EventMetadata>;
  const conversationId = namedConversation({ data: content });
  const userIds = concernedUsers({ type, data: content, actorId });
  const header = { position, streamId, revision, eventId, type, schemaVersion };
  return Object.assign(header, { data, metadata, isErased, undecodable, actorId, recordedAt, conversationId, userIds });
};

/** Finds the conversation of a message: its first event names it, unsealed, and those of its files do not. */
const conversationsOf = ({ raw }: Pick<StoredLog, 'raw'>) => {
  const known = new BoundedCache<MessageId, ConversationId>({ most: MOST_REMEMBERED, weightOf: () => 1 });
  return async (messageId: MessageId): Promise<ConversationId | null> => {
    const found = known.get(messageId);
    if (found !== undefined) return found;
    // It is read as it is stored: where it cannot be decoded, the events of its files still can.
    for await (const first of raw.readStream(streamOf(message.category, messageId), { limit: 1 })) {
      const conversationId = namedConversation({ data: parsed(first.data) });
      if (conversationId !== null) known.set(messageId, conversationId);
      return conversationId;
    }
    return null;
  };
};

const isEmpty = (come: IteratorResult<RawBatch, unknown> | 'silence'): boolean =>
  come !== 'silence' && come.done !== true && come.value.events.length === 0;

async function* withoutSilence(
  batches: AsyncIterable<RawBatch>,
  silenceMs: number,
): AsyncGenerator<RawBatch | undefined> {
  const iterator = batches[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (;;) {
      const over = new AbortController();
      const silence = sleep(silenceMs, 'silence' as const, { signal: over.signal, ref: false });
      silence.catch(() => undefined); // a batch has come first
      let come = await Promise.race([next, silence]);
      // An empty batch says that there was a look at the log, and breaks no silence: there is one a second.
      while (isEmpty(come)) {
        next = iterator.next();
        come = await Promise.race([next, silence]);
      }
      over.abort();
      if (come === 'silence') yield undefined;
      else if (come.done === true) return;
      else {
        yield come.value;
        next = iterator.next();
      }
    }
  } finally {
    void iterator.return?.().catch(() => undefined); // it may wait for an event that never comes
  }
}

/** Answers the first events that stand behind a position. */
const someBehind = async (after: Position, limit: number, events: AsyncIterable<RawEvent>): Promise<RawEvent[]> => {
  const some: RawEvent[] = [];
  for await (const event of events) {
    if (!hasReached(after, event.position)) some.push(event);
    if (some.length === limit) break;
  }
  return some;
};

/** The log as it is shown to auditors, from what is stored. */
export const createAuditedLog = ({
  events,
  codec,
  silenceMs = SILENCE_MS,
  placeBefore = asGiven,
}: AuditedLogParts): AuditedLog => {
  const conversationOf = conversationsOf(events);
  const withConversation = async (event: AuditedEvent): Promise<AuditedEvent> => {
    const messageId = event.conversationId === null && event.data ? namedMessage({ data: event.data }) : null;
    return messageId === null ? event : { ...event, conversationId: await conversationOf(messageId) };
  };
  const shownAtOnce = async (raw: readonly RawEvent[]): Promise<AuditedEvent[]> => {
    const entries = await decodeRaw(codec, raw);
    const found = entries.map((entry, index) => eventOf(entry, raw[index] as RawEvent));
    const isWhole = ({ conversationId, data }: AuditedEvent) =>
      conversationId !== null || data === null || namedMessage({ data }) === null;
    return found.every(isWhole) ? found : Promise.all(found.map(withConversation));
  };
  const shown = async (raw: readonly RawEvent[]): Promise<AuditedEvent[]> => {
    const found: AuditedEvent[] = [];
    for (let at = 0; at < raw.length; at += DECODED_AT_ONCE) {
      if (at > 0) await nextTurn();
      found.push(...(await shownAtOnce(raw.slice(at, at + DECODED_AT_ONCE))));
    }
    return found;
  };
  async function* follow(after: Position, signal: AbortSignal): AsyncGenerator<AuditedBatch> {
    const from = await placeBefore(after);
    for await (const batch of withoutSilence(events.raw.subscribe({ after: from, signal }), silenceMs))
      yield { events: batch ? await shown(batch.events.filter(({ position }) => !hasReached(after, position))) : [] };
  }
  return {
    head: () => events.head(),
    at: async (positions) => shown(await events.raw.at(positions)),
    first: async ({ after, upTo }, limit) => {
      const from = await placeBefore(after);
      const bound = from === after ? { limit } : {}; // What stands before the stretch is not counted.
      return shown(await someBehind(after, limit, events.raw.readAll({ after: from, upTo, ...bound })));
    },
    stream: async (streamId, part) => {
      const raw: RawEvent[] = [];
      for await (const event of events.raw.readStream(streamId, part)) raw.push(event);
      return shown(raw);
    },
    follow,
  };
};
