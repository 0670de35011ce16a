import type { ChatClient } from './chat-client.js';
import type { FrameRecord } from './frame-record.js';
import type { Logged } from './logged-events.js';
import type { MessageRow } from './message-rows.js';

export interface Compared {
  /** The number of messages in the log. */
  readonly logged: number;
  /** The number of messages in the read model. */
  readonly projected: number;
  readonly faults: readonly string[];
}

export interface ComparedRange {
  readonly conversationIds: readonly string[];
  /** What the log holds, up to `upTo`. */
  readonly logged: readonly Logged[];
  /** The position behind which clients count. */
  readonly after: string;
  /** The position up to which every client was served; marks that were under way may stand behind it. */
  readonly upTo: string;
  /** The messages in the read model. */
  readonly projected: readonly MessageRow[];
}

/** Names a few of the values that are expected and missing. */
const missing = (where: string, expected: Iterable<string>, found: Iterable<string>): string[] => {
  const there = new Set(found);
  const lacking = [...expected].filter((each) => !there.has(each));
  return lacking.length === 0 ? [] : [`${where}: ${lacking.length} missing, such as ${lacking.slice(0, 3).join(', ')}`];
};

/** Names messages that stand in the log more than once. */
const doubled = (logged: readonly Logged[]): string[] => {
  const sent = logged.filter(({ type }) => type === 'MessageSent').map(({ messageId }) => messageId);
  return sent.filter((id, place) => sent.indexOf(id) < place).map((id) => `the log has message ${id} more than once`);
};

/** Answers the rows of the read model that the log requires: every message once, counted without a hole. */
const expectedRows = (logged: readonly Logged[]): Set<string> => {
  const counts = new Map<string, number>();
  return new Set(
    logged
      .filter(({ type }) => type === 'MessageSent')
      .map(({ messageId, conversationId, position }) => {
        const seq = (counts.get(conversationId) ?? 0) + 1;
        counts.set(conversationId, seq);
        return `${messageId} as ${seq} of ${conversationId} at ${position}`;
      }),
  );
};

const readerOf = ({ conversationId, userId }: Logged): string => `${conversationId} ${userId}`;

/** Answers the last read of each user in each conversation, which is the only one that a resume tells. */
const newestReads = (logged: readonly Logged[]): Logged[] => [
  ...new Map(
    logged.filter(({ type }) => type === 'MessageRead').map((read) => [readerOf(read), read] as const),
  ).values(),
];

/**
 * Answers the reads of which a client was told neither that one nor a later one. Receipts are collected, so that a later
 * one may have come alone. Where it stands behind the compared range, its message may do so, too.
 */
const untoldReads = (reads: readonly Logged[], record: FrameRecord, order: ReadonlyMap<string, number>): string[] => {
  const placeOf = (messageId: string) => order.get(messageId) ?? Number.POSITIVE_INFINITY;
  return reads
    .filter((read) => {
      const told = [...(record.reads.get(readerOf(read)) ?? [])].map(placeOf);
      return Math.max(...told, -1) < placeOf(read.messageId);
    })
    .map((read) => `${readerOf(read)} ${read.messageId}`);
};

interface Expected {
  readonly conversationIds: ReadonlySet<string>;
  readonly logged: readonly Logged[];
  readonly upTo: string;
}

const clientFaults = (client: ChatClient, { conversationIds, logged, upTo }: Expected) => {
  const { record, acknowledged, shown } = client;
  const own = logged.filter(({ conversationId }) => conversationIds.has(conversationId));
  const messages = own.filter(({ type }) => type === 'MessageSent');
  const reads = record.hasResynced ? [] : newestReads(own);
  const told = [...record.positions].filter((position) => BigInt(position) <= BigInt(upTo));
  const order = new Map(messages.map(({ messageId }, place) => [messageId, place]));
  const positions = messages.map(({ position }) => position);
  return [
    ...record.faults,
    ...(record.hasResynced ? [] : missing('frames of a client', positions, record.positions)),
    ...missing('what a client shows', positions, shown),
    ...missing('receipts of a client', untoldReads(reads, record, order), []),
    ...missing(
      'the log, of what a client shows',
      [...shown].filter((position) => BigInt(position) <= BigInt(upTo)),
      positions,
    ),
    ...missing(
      'the log, of what a client was told',
      told,
      own.map(({ position }) => position),
    ),
    ...missing(
      'the log, of what was acknowledged',
      acknowledged,
      messages.map(({ messageId }) => messageId),
    ),
  ];
};

/** Compares the log with the read model, and with what each client was told. */
export const compareWithLog = (
  clients: readonly ChatClient[],
  { conversationIds, logged, after, upTo, projected }: ComparedRange,
): Compared => {
  const rows = new Set(
    projected.map(
      ({ messageId, conversationId, seq, position }) => `${messageId} as ${seq} of ${conversationId} at ${position}`,
    ),
  );
  const since = logged.filter(({ position }) => BigInt(position) > BigInt(after));
  const shared = new Set(conversationIds);
  const expected = expectedRows(logged);
  return {
    logged: expected.size,
    projected: projected.length,
    faults: [
      ...doubled(logged),
      ...missing('the read model', expected, rows),
      ...missing('the log, of the read model', rows, expected),
      ...clients.flatMap((client) => clientFaults(client, { conversationIds: shared, logged: since, upTo })),
    ],
  };
};
