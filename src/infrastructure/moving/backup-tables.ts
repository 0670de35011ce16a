import type pg from 'pg';
import { linesOf } from './backup-files.js';
import type { EventHash } from './event-hash.js';
import type { UnplacedEvent } from './moved-log.js';

const FETCHED = 200;

/**
 * What cannot be made again: the log, what opens it, what it is proven by, and which mails were sent. Read models are made from
 * it. The tree could be made anew, but it would then fit whatever the log holds.
 */
export const TABLES: readonly { readonly name: string; readonly order: string; readonly where?: string }[] = [
  { name: 'log.event_types', order: 'type, schema_version' },
  { name: 'log.events', order: 'position' },
  { name: 'security.key_ring', order: 'name' },
  { name: 'security.person_keys', order: 'user_id' },
  { name: 'security.erasures', order: 'only_row' },
  { name: 'audit.tree', order: 'only_row' },
  { name: 'audit.tiles', order: 'level, index' },
  { name: 'audit.leaves', order: 'tile' },
  { name: 'audit.log', order: 'only_row' },
  { name: 'audit.signing_keys', order: 'number' },
  { name: 'audit.checkpoints', order: 'size' },
  { name: 'audit.witnesses', order: 'name' },
  { name: 'audit.former_logs', order: 'number' },
  { name: 'audit.former_keys', order: 'log, number' },
  { name: 'audit.former_checkpoints', order: 'log, size' },
  { name: 'audit.former_tiles', order: 'log, level, index' },
  { name: 'audit.former_leaves', order: 'log, tile' },
  { name: 'mail.recipients', order: 'user_id' },
  { name: 'mail.outbox', order: 'event_id' },
  { name: 'projections.checkpoints', order: 'name', where: `name = 'mail'` },
  { name: 'projections.parked', order: 'position', where: `projection = 'mail'` },
];

export const EVENTS = 'log.events';

/** The file of a table in a back-up: a row of JSON a line. */
export const fileOf = (table: string): string => `database/${table}.jsonl`;

/** Gives the rows of a table as lines, in the snapshot of the client's transaction. */
export async function* rowsOf(
  client: pg.ClientBase,
  { name, order, where = 'true' }: (typeof TABLES)[number],
  onLine: (line: string) => void,
): AsyncGenerator<string> {
  await client.query(
    `declare backup no scroll cursor for select to_json(t)::text as line from ${name} t where ${where} order by ${order}`,
  );
  for (;;) {
    const { rows } = await client.query<{ line: string }>(`fetch ${FETCHED} from backup`);
    if (rows.length === 0) break;
    for (const { line } of rows) {
      onLine(line);
      yield `${line}\n`;
    }
  }
  await client.query('close backup');
}

interface EventRow {
  readonly stream_id: string;
  readonly revision: number;
  readonly event_id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly data: string;
  readonly metadata: string;
}

const bytesOf = (hexadecimal: string): Buffer => Buffer.from(hexadecimal.slice('\\x'.length), 'hex');

/** Adds an event to a hash, from its line. */
export const addLine = (hash: EventHash, line: string): void => {
  const row = JSON.parse(line) as EventRow;
  hash.add({
    ...{ streamId: row.stream_id, revision: row.revision, eventId: row.event_id, type: row.type },
    ...{ schemaVersion: row.schema_version, data: bytesOf(row.data), metadata: bytesOf(row.metadata) },
  } as UnplacedEvent);
};

/** Puts the rows of a table back, which is empty, but for what a migration has put there. */
export const putRows = async (
  client: pg.ClientBase,
  { name, where = 'true' }: (typeof TABLES)[number],
  folder: string,
  onRows: (rows: number) => void,
): Promise<void> => {
  await client.query(`delete from ${name} where ${where}`);
  let lines: string[] = [];
  const put = async () => {
    await client.query(`insert into ${name} select * from json_populate_recordset(null::${name}, $1)`, [
      `[${lines.join(',')}]`,
    ]);
    onRows(lines.length);
    lines = [];
  };
  for await (const line of linesOf(folder, fileOf(name))) {
    lines.push(line);
    if (lines.length === FETCHED) await put();
  }
  if (lines.length > 0) await put();
};
