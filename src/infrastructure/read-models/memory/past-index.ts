import type { AuditIndexTables, IndexedEvent } from '../../../application/projections/audit-index.js';
import {
  JOINING_TYPES,
  type ConversationPlace,
  type PastIndex,
  type SentPlace,
  type StreamsQuery,
} from '../../../application/ports/past-index.js';
import { conversation } from '../../../domain/conversations/decider.js';
import {
  idOfStream,
  streamOf,
  type ConversationId,
  type MessageId,
  type Position,
  type StreamId,
  type UserId,
} from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached, LOG_START } from '../../../domain/kernel/position.js';

const isOf =
  ({ streams = [], prefixes = [], types }: StreamsQuery) =>
  ({ streamId, type }: IndexedEvent): boolean =>
    (streams.includes(streamId) || prefixes.some((prefix) => streamId.startsWith(prefix))) &&
    (types?.some((each) => each === type) ?? true);

const placeOf = ({ position, streamId }: IndexedEvent): SentPlace => ({
  position,
  messageId: idOfStream(streamId) as MessageId,
});

/** The index of the past in memory. */
export const pastIndexInMemory = (tables: () => AuditIndexTables, reached: () => Position): PastIndex => {
  const upTo = (end: Position, fits: (row: IndexedEvent) => boolean): IndexedEvent[] =>
    [...tables().events.values()]
      .filter((row) => fits(row) && hasReached(end, row.position))
      .sort((one, other) => comparePositions(one.position, other.position));
  const sent = (conversationId: ConversationId, end: Position) =>
    upTo(end, (row) => row.conversationId === conversationId && row.type === 'MessageSent');
  const isOfUser = (userId: UserId, position: Position) => tables().users.has(`${userId} ${position}`);
  return {
    reached: async () => reached(),
    leftOut: async () => [], // what is parked is for tests to say
    lastUpTo: async (position) => upTo(position, () => true).at(-1)?.position ?? LOG_START,
    lastAt: async (time) => upTo(reached(), ({ recordedAt }) => recordedAt <= time).at(-1)?.position ?? LOG_START,
    inStreams: async (query, end) => upTo(end, isOf(query)),
    lastInStreams: async (streams: readonly StreamId[], end) =>
      streams.flatMap((stream) => upTo(end, ({ streamId }) => streamId === stream).at(-1) ?? []),
    concerning: async ({ userId, conversationId, types, after }, end) =>
      upTo(
        end,
        (row) =>
          row.conversationId === conversationId &&
          !hasReached(after, row.position) &&
          types.some((type) => type === row.type) &&
          isOfUser(userId, row.position),
      ),
    sent: async (conversationId, end, limit) => sent(conversationId, end).reverse().slice(0, limit).map(placeOf),
    countSent: async (conversationId, ends) =>
      ends.map((end) => {
        const rows = sent(conversationId, end);
        const last = rows.at(-1);
        return { messages: rows.length, last: last ? placeOf(last) : null };
      }),
    conversationsOf: async (userId, others, end) => {
      const joined = upTo(end, ({ type, position }) => JOINING_TYPES.includes(type) && isOfUser(userId, position));
      const ids = new Set([...joined.flatMap(({ conversationId }) => conversationId ?? []), ...others]);
      return [...ids].flatMap((conversationId): ConversationPlace[] => {
        const streamId = streamOf(conversation.category, conversationId);
        const [started] = upTo(end, (row) => row.streamId === streamId);
        const { position } = sent(conversationId, end).at(-1) ?? started ?? {};
        return started && position ? [{ conversationId, position }] : [];
      });
    },
    lastSentBy: async (conversationId, end) =>
      new Map(
        sent(conversationId, end).flatMap(({ actorId, position }): [UserId, Position][] =>
          actorId === null ? [] : [[actorId, position]],
        ),
      ),
  };
};
