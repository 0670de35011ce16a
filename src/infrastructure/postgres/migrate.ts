import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';
import { untimed } from './session.js';
import { inTransaction } from './transaction.js';
import { untilLocked } from './until-locked.js';

const MIGRATIONS = new URL('./migrations/', import.meta.url);
const MIGRATION_LOCK = 7226426;

const TRY_LOCK = 'select pg_try_advisory_lock($1) as locked';

const CREATE_TABLE = `
  create table if not exists public.chatapp_migrations (
    number integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
  )`;
const APPLIED = 'select number, name, checksum from public.chatapp_migrations order by number';
const RECORD = 'insert into public.chatapp_migrations (number, name, checksum) values ($1, $2, $3)';

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly sql: string;
}

/** The database does not fit this version of the program. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

const load = async (): Promise<Migration[]> => {
  const names = (await readdir(MIGRATIONS)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, MIGRATIONS), 'utf8');
      const checksum = createHash('sha256').update(sql).digest('hex');
      return { number: Number.parseInt(name, 10), name, checksum, sql };
    }),
  );
};

const requireKnown = (applied: readonly Omit<Migration, 'sql'>[], known: readonly Migration[]): void => {
  for (const { number, name, checksum } of applied) {
    const migration = known.find((each) => each.number === number);
    if (!migration) throw new MigrationError(`the database is newer than this program: it has migration ${name}`);
    if (migration.checksum !== checksum)
      throw new MigrationError(`migration ${name} was changed after it had been applied: restore its text`);
  }
};

const TABLE_EXISTS = `select to_regclass('public.chatapp_migrations') is not null as exists`;

/** Answers the names of the migrations to come. Raises `MigrationError` for a database newer than this program. */
export const pendingMigrations = async (client: pg.ClientBase | pg.Pool): Promise<string[]> => {
  const known = await load();
  const { rows } = await client.query<{ exists: boolean }>(TABLE_EXISTS);
  const applied = rows[0]?.exists ? (await client.query<Omit<Migration, 'sql'>>(APPLIED)).rows : [];
  requireKnown(applied, known);
  return known.filter(({ number }) => !applied.some((each) => each.number === number)).map(({ name }) => name);
};

const applyDue = async (client: pg.ClientBase, known: readonly Migration[], signal: AbortSignal): Promise<string[]> => {
  await untilLocked(client, { text: TRY_LOCK, values: [MIGRATION_LOCK] }, signal);
  try {
    await client.query(CREATE_TABLE);
    const { rows: applied } = await client.query<Omit<Migration, 'sql'>>(APPLIED);
    requireKnown(applied, known);
    const due = known.filter(({ number }) => !applied.some((each) => each.number === number));
    for (const { number, name, checksum, sql } of due)
      await inTransaction(client, async () => {
        await client.query(sql);
        await client.query(RECORD, [number, name, checksum]);
      });
    return due.map(({ name }) => name);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  }
};

/**
 * Brings the database to this version; the signal ends the wait for another node that does. Safe when several nodes start
 * at once. Answers the names of what was applied.
 */
export const migrate = async (
  client: pg.ClientBase,
  signal: AbortSignal = new AbortController().signal,
): Promise<string[]> => {
  const known = await load();
  // A migration takes as long as it takes, and so does the wait for the node that runs it.
  return untimed(client, () => applyDue(client, known, signal));
};
