import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { ProjectionStatuses } from '../../src/application/ports/projection-statuses.js';
import type { Position } from '../../src/domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../src/domain/kernel/position.js';
import { openMongo } from '../../src/infrastructure/mongodb/open-mongo.js';
import { generationsOf } from '../../src/infrastructure/projections/mongodb/generation-record.js';
import { createProjectionStatuses as statusesInMongo } from '../../src/infrastructure/projections/mongodb/projection-statuses.js';
import { createProjectionStatuses } from '../../src/infrastructure/projections/postgres/projection-statuses.js';

const POLL_MS = 50;
const ROWS = `
  select message_id as "messageId", conversation_id as "conversationId", seq::integer, sent_position::text as position
    from messages.messages`;

/** A message as the read model has it. */
export interface MessageRow {
  readonly messageId: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly position: string;
}

type StoredRow = Omit<MessageRow, 'position' | 'seq'> & {
  readonly seq: number | bigint;
  readonly sentPosition: bigint;
};

const rowsInMongo = async (url: string): Promise<MessageRow[]> => {
  const { db, close } = await openMongo(url);
  try {
    const used = await generationsOf(db).findOne({ _id: 'messages' });
    const stored = await db.collection<StoredRow>(`${used?.prefix}messages`).find().toArray();
    return stored.map(({ messageId, conversationId, seq, sentPosition }) => ({
      messageId,
      conversationId,
      seq: Number(seq),
      position: String(sentPosition),
    }));
  } finally {
    await close();
  }
};

/** How far the read model of messages is. */
export interface Projected {
  readonly position: Position;
  /** The last position that it has to reach. */
  readonly of: Position;
}

type OnSeen = (projected: Projected) => void;

const untilReached = async ({ checkpoint }: ProjectionStatuses, last: Position, onSeen: OnSeen): Promise<void> => {
  for (;;) {
    const position = (await checkpoint('messages')) ?? LOG_START;
    onSeen({ position, of: last });
    if (hasReached(position, last)) return;
    await sleep(POLL_MS);
  }
};

/** The database of PostgreSQL, and that of MongoDB where messages are there. */
export interface ReadFrom {
  readonly pool: pg.Pool;
  readonly mongoUrl: string | undefined;
}

const untilProjected = async ({ pool, mongoUrl }: ReadFrom, last: Position, onSeen: OnSeen): Promise<void> => {
  if (mongoUrl === undefined) return untilReached(createProjectionStatuses(pool), last, onSeen);
  const { db, close } = await openMongo(mongoUrl);
  await untilReached(statusesInMongo(db), last, onSeen).finally(close);
};

/** Answers the messages in the read model, wherever it is, once it holds everything up to this position. */
export const projectedMessages = async (from: ReadFrom, last: Position, onSeen: OnSeen): Promise<MessageRow[]> => {
  await untilProjected(from, last, onSeen);
  const { pool, mongoUrl } = from;
  return mongoUrl === undefined ? (await pool.query<MessageRow>(ROWS)).rows : rowsInMongo(mongoUrl);
};
