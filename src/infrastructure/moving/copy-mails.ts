import type pg from 'pg';
import { mailProjection } from '../../application/projections/registry.js';
import type { Position } from '../../domain/kernel/ids.js';
import { LOG_START } from '../../domain/kernel/position.js';
import { inTransaction } from '../postgres/transaction.js';
import { CopyRefusedError, type MovedLog } from './moved-log.js';
import type { PositionMap } from './position-map.js';
import { prepareMails } from './prepare-mails.js';

const AT_A_TIME = 1_000;
const NO_EVENT = '00000000-0000-0000-0000-000000000000';

const STATE = `
  select position, version, (select count(*) from projections.parked where projection = 'mail')::integer as parked
    from projections.checkpoints where name = 'mail'`;
const RECIPIENTS = `select coalesce(json_agg(r), '[]') as rows from mail.recipients r`;
const OUTBOX = `
  select event_id, position::text, to_json(o) as row from mail.outbox o where event_id > $1 order by event_id limit ${AT_A_TIME}`;
const EMPTY = 'delete from mail.outbox; delete from mail.recipients';
const PUT_RECIPIENTS = 'insert into mail.recipients select * from json_populate_recordset(null::mail.recipients, $1)';
const PUT_MAILS = 'insert into mail.outbox select * from json_populate_recordset(null::mail.outbox, $1)';
const MOVE = `update projections.checkpoints set position = $1 where name = 'mail'`;

interface MailRow {
  readonly event_id: string;
  readonly position: Position;
  readonly row: object;
}

export interface MailCopyParts {
  /** The databases. */
  readonly from: pg.Pool;
  readonly to: pg.Pool;
  readonly source: MovedLog;
  readonly positions: PositionMap;
}

/** Answers the place in the copy of the last event up to a position. */
const placeOf = async ({ source, positions }: MailCopyParts, position: Position): Promise<Position> => {
  const event = await source.lastUpTo(position);
  return (event && (await positions.find(event.position))) ?? LOG_START;
};

async function* mailsOf(parts: MailCopyParts): AsyncGenerator<readonly object[]> {
  for (let after = NO_EVENT; ;) {
    const { rows } = await parts.from.query<MailRow>(OUTBOX, [after]);
    if (rows.length === 0) return;
    const moved: object[] = [];
    for (const { row, position } of rows) moved.push({ ...row, position: await placeOf(parts, position) });
    yield moved;
    after = rows.at(-1)?.event_id ?? after;
  }
}

/**
 * Copies the queue of mails, with what was sent: it cannot be made again from the log, and a server that finds none would send every mail
 * once more. Where the source has no queue, no server has run on it, and none is made.
 */
export const copyMails = async (parts: MailCopyParts): Promise<void> => {
  const { from, to } = parts;
  const [state] = (await from.query<{ position: Position; version: number; parked: number }>(STATE)).rows;
  if (!state) return;
  if (state.parked > 0 || state.version !== mailProjection.version)
    throw new CopyRefusedError(
      'the queue of mails is not up to date: start this version once, and run chatapp projections redrive mail',
    );
  await prepareMails(to);
  const recipients = (await from.query<{ rows: unknown[] }>(RECIPIENTS)).rows[0]?.rows ?? [];
  const client = await to.connect();
  try {
    await inTransaction(client, async () => {
      await client.query(EMPTY);
      await client.query(PUT_RECIPIENTS, [JSON.stringify(recipients)]);
      for await (const mails of mailsOf(parts)) await client.query(PUT_MAILS, [JSON.stringify(mails)]);
      await client.query(MOVE, [await placeOf(parts, state.position)]);
    });
  } finally {
    client.release();
  }
};
