import type pg from 'pg';
import { inTransaction } from '../postgres/transaction.js';

/** So many rows of tiles are copied at a time. */
const AT_A_TIME = 500;

/** What is copied of the trees of a log: its own, and those of the logs that it is a copy of itself. */
interface CopiedTable {
  readonly to: string;
  /** Its columns behind the number of the log. */
  readonly columns: readonly string[];
  readonly own: string;
  readonly former: string;
  /** The columns that the rows are ordered by. */
  readonly key: readonly string[];
}

const table = (name: string, own: string, columns: readonly string[], key: readonly string[]): CopiedTable => ({
  to: `audit.former_${name}`,
  columns,
  own,
  former: `audit.former_${name}`,
  key,
});

const TABLES: readonly CopiedTable[] = [
  table('keys', 'audit.signing_keys', ['number', 'public_key', 'from_size', 'until_size', 'made_at'], ['number']),
  table('checkpoints', 'audit.checkpoints', ['size', 'root', 'note', 'signed_at'], ['size']),
  table('tiles', 'audit.tiles', ['level', 'index', 'hashes'], ['level', 'index']),
  table('leaves', 'audit.leaves', ['tile', 'first_position', 'positions'], ['tile']),
];

/** The logs of which the source has a tree, itself the last one. A log that was never served since it has trees has none. */
const LOGS = `
  select number, origin, size, position, root, copied_at, false as "isOwn" from audit.former_logs
  union all
  select (select coalesce(max(number), 0) + 1 from audit.former_logs), l.origin, t.size, t.position, t.root, now(), true
    from audit.log l, audit.tree t where t.size > 0
  order by number`;
const ADD_LOG = `
  insert into audit.former_logs (number, origin, size, position, root, copied_at) values ($1, $2, $3, $4, $5, $6)`;
const EMPTY = [...TABLES].reverse().map(({ to }) => `truncate ${to}`);

interface LogRow {
  readonly number: number;
  readonly origin: string;
  readonly size: string;
  readonly position: string;
  readonly root: Buffer;
  readonly copied_at: string;
  readonly isOwn: boolean;
}

/** Copies the rows of one log, as they are, some at a time. */
const copyRows = async (
  source: pg.ClientBase,
  target: pg.ClientBase,
  { to, columns, own, former, key }: CopiedTable,
  log: Pick<LogRow, 'number' | 'isOwn'>,
): Promise<void> => {
  const from = log.isOwn ? own : former;
  const where = log.isOwn ? '' : `where log = ${log.number}`;
  const values = columns.map((_, at) => `$${at + 2}`);
  await source.query(
    `declare copied no scroll cursor for select ${columns.join(', ')} from ${from} ${where} order by ${key.join(', ')}`,
  );
  for (;;) {
    const { rows } = await source.query<Record<string, unknown>>(`fetch ${AT_A_TIME} from copied`);
    if (rows.length === 0) break;
    for (const row of rows)
      await target.query(`insert into ${to} (log, ${columns.join(', ')}) values ($1, ${values.join(', ')})`, [
        log.number,
        ...columns.map((name) => row[name]),
      ]);
  }
  await source.query('close copied');
};

/**
 * Keeps the tree of the copied log beside the copy, with its name, keys and signed heads: what was proven of an event in the
 * one log can be shown of the same event in the other. What a run before has copied is copied anew.
 */
export const copyTree = async (from: pg.Pool, to: pg.Pool): Promise<void> => {
  const [source, target] = [await from.connect(), await to.connect()];
  try {
    await inTransaction(target, async () => {
      for (const statement of EMPTY) await target.query(statement);
      await target.query('delete from audit.former_logs');
      await source.query('begin isolation level repeatable read read only');
      const { rows } = await source.query<LogRow>(LOGS);
      for (const row of rows) {
        const { number, origin, size, position, root, copied_at } = row;
        await target.query(ADD_LOG, [number, origin, size, position, root, copied_at]);
        for (const each of TABLES) await copyRows(source, target, each, row);
      }
      await source.query('commit');
    });
    source.release();
    target.release();
  } catch (error) {
    source.release(true);
    target.release(true);
    throw error;
  }
};
