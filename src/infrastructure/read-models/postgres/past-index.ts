import type pg from 'pg';
import {
  JOINING_TYPES,
  type ConversationPlace,
  type EventPlace,
  type PastIndex,
  type SentCount,
  type SentPlace,
} from '../../../application/ports/past-index.js';
import { idOfStream, type MessageId, type Position, type StreamId, type UserId } from '../../../domain/kernel/ids.js';
import { comparePositions, LOG_START } from '../../../domain/kernel/position.js';
import { LAST_BEFORE, REACHED } from './audit-index.sql.js';
import { stretchesTo } from './audit-index-stretches.js';
import * as sql from './past-index.sql.js';

interface SentRow {
  readonly position: Position;
  readonly streamId: StreamId;
}

/** The messages between an end and the one before it. */
interface PartRow extends SentRow {
  readonly part: number;
  readonly messages: number;
}

const placeOf = ({ position, streamId }: SentRow): SentPlace => ({
  position,
  messageId: idOfStream(streamId) as MessageId,
});

/** Adds up what lies before an end. */
const countUpTo = (parts: readonly PartRow[], end: number): SentCount => {
  const before = parts.filter(({ part }) => part <= end);
  const last = before.at(-1);
  return { messages: before.reduce((sum, { messages }) => sum + messages, 0), last: last ? placeOf(last) : null };
};

/** The index of the past in PostgreSQL: it asks the tables of `audit_index`. */
export const createPastIndex = (pool: pg.Pool): PastIndex => {
  const select = async <Row extends object>(
    query: { readonly name: string; readonly text: string },
    ...values: unknown[]
  ): Promise<Row[]> => (await pool.query<Row>({ ...query, values })).rows;

  const positionOf = async (query: { readonly name: string; readonly text: string }, ...values: unknown[]) =>
    (await select<{ position: Position | null }>(query, ...values))[0]?.position ?? LOG_START;

  return {
    reached: () => positionOf(REACHED),
    leftOut: async (upTo, limit) =>
      (await select<{ position: Position }>(sql.LEFT_OUT, upTo, limit)).map(({ position }) => position),
    lastUpTo: (position) => positionOf(sql.LAST_UP_TO, position),
    lastAt: async (time) => positionOf(sql.LAST_AT, time, await positionOf(LAST_BEFORE, ...stretchesTo(time))),
    inStreams: ({ streams = [], prefixes = [], types }, upTo) =>
      select<EventPlace>(sql.IN_STREAMS, streams, prefixes, upTo, types),
    lastInStreams: (streams, upTo) => select<EventPlace>(sql.LAST_IN_STREAMS, streams, upTo),
    concerning: ({ userId, conversationId, types, after }, upTo) =>
      select<EventPlace>(sql.CONCERNING, userId, conversationId, types, after, upTo),
    sent: async (conversationId, upTo, limit) =>
      (await select<SentRow>(sql.SENT, conversationId, upTo, limit)).map(placeOf),
    countSent: async (conversationId, upTo) => {
      const ends = [...new Set(upTo)].sort(comparePositions);
      if (ends.length === 0) return [];
      const parts = await select<PartRow>(sql.COUNT_SENT, conversationId, ends);
      const places = new Map(ends.map((end, index) => [end, index]));
      return upTo.map((end) => countUpTo(parts, places.get(end) ?? 0));
    },
    conversationsOf: (userId, others, upTo) =>
      select<ConversationPlace>(sql.CONVERSATIONS_OF, userId, others, upTo, JOINING_TYPES),
    lastSentBy: async (conversationId, upTo) => {
      const rows = await select<{ userId: UserId; position: Position }>(sql.LAST_SENT_BY, conversationId, upTo);
      return new Map(rows.map(({ userId, position }) => [userId, position]));
    },
  };
};
