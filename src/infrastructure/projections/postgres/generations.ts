import type pg from 'pg';
import type { FillUpTo } from '../../../application/ports/projection-generations.js';
import { GenerationGoneError } from '../../../application/ports/projection-store.js';
import type { Projection } from '../../../application/projections/projector.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { LOG_START } from '../../../domain/kernel/position.js';
import { errorCode } from '../../error-code.js';
import { LOCK_NOT_AVAILABLE } from '../../postgres/sql-state.js';
import { inTransaction } from '../../postgres/transaction.js';
import { CREATE_CHECKPOINT, TELL_REVISED } from './checkpoint.sql.js';
import type { ReadModel } from './read-model.js';

const GENERATION_LOCK = 7226428;
/** The time that queries on the old tables may have to wait for the switch. */
const SWITCH_LOCK_MS = 500;

const VERSION = 'select version from projections.checkpoints where name = $1';
const POSITION = 'select position from projections.checkpoints where name = $1';
const UNFINISHED = `
  select position from projections.checkpoints
   where name = $1 and version = $2 and not exists (select from projections.stopped where projection = $1)`;
const FORGET = `
  with parked as (delete from projections.parked where projection = $1),
       stopped as (delete from projections.stopped where projection = $1)
  delete from projections.checkpoints where name = $1`;
const LOCK_BOTH = 'select name, position from projections.checkpoints where name = any ($1) for update';
const RENAME_CHECKPOINT = `
  with parked as (update projections.parked set projection = $1 where projection = $2)
  update projections.checkpoints
     set name = $1, epoch = nextval('projections.epochs'), held_by = null, session = null, lease_until = null
   where name = $2`;

/** The schema in which the next generation of a projection is filled. */
export const rebuildSchema = (name: string): string => `${name}_rebuild`;

/** The schema that is filled to compare a projection with the log. */
export const verifySchema = (name: string): string => `${name}_verify`;

/** Makes the tables of a projection's schema, where they are missing. Several nodes may do it at once. */
const createTables = async (
  client: pg.ClientBase,
  schema: string,
  version: number,
  { tables }: Pick<ReadModel<never>, 'tables'>,
): Promise<void> => {
  await client.query(`create schema ${schema}`);
  await client.query(`set local search_path = ${schema}`);
  await client.query(tables);
  await client.query(CREATE_CHECKPOINT, [schema, version]);
};

const exclusively = <Result>(client: pg.ClientBase, work: () => Promise<Result>): Promise<Result> =>
  inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock($1)', [GENERATION_LOCK]);
    return work();
  });

/** Makes sure that a projection has tables. Answers whether they are of an older version, and must be rebuilt. */
export const prepareGeneration = (
  client: pg.ClientBase,
  { name, version }: Pick<Projection<never>, 'name' | 'version'>,
  readModel: Pick<ReadModel<never>, 'tables'>,
): Promise<{ readonly outdated: boolean }> =>
  exclusively(client, async () => {
    const { rows } = await client.query<{ version: number }>(VERSION, [name]);
    if (rows[0]) return { outdated: rows[0].version !== version };
    await createTables(client, name, version, readModel);
    return { outdated: false };
  });

/** Answers the version of a projection's tables; undefined where there are none. */
export const findVersion = async (client: pg.ClientBase | pg.Pool, name: string): Promise<number | undefined> =>
  (await client.query<{ version: number }>(VERSION, [name])).rows[0]?.version;

/** Says whether a projection's tables are of another version than this program's. */
export const isOutdated = async (
  client: pg.ClientBase | pg.Pool,
  { name, version }: Pick<Projection<never>, 'name' | 'version'>,
): Promise<boolean> => {
  const used = await findVersion(client, name);
  return used !== undefined && used !== version;
};

/** Raises an error where a schema's tables are of another version, and `GenerationGoneError` where there are none. */
export const requireGeneration = async (client: pg.ClientBase, schema: string, version: number): Promise<void> => {
  const { rows } = await client.query<{ version: number }>(VERSION, [schema]);
  if (!rows[0]) throw new GenerationGoneError(`the tables of ${schema} are gone`);
  if (rows[0].version !== version)
    throw new Error(`version ${version} cannot go on: the tables of ${schema} are of another version by now`);
};

/** Notes that a projection's tables are of this version now, without a rebuild. */
export const confirmVersion = async (
  client: pg.ClientBase | pg.Pool,
  { name, version }: Pick<Projection<never>, 'name' | 'version'>,
): Promise<void> => {
  await client.query('update projections.checkpoints set version = $2 where name = $1', [name, version]);
};

/** Answers where a generation that was left unfinished stands; undefined where it cannot go on, or there is none. */
export const findUnfinished = async (
  client: pg.ClientBase,
  { name, version }: Pick<Projection<never>, 'name' | 'version'>,
): Promise<Position | undefined> => {
  const { rows } = await client.query<{ position: Position }>(UNFINISHED, [rebuildSchema(name), version]);
  return rows[0]?.position;
};

/** Answers how far a generation has come, whichever node fills it; undefined where there is none. */
export const findCheckpoint = async (client: pg.ClientBase | pg.Pool, name: string): Promise<Position | undefined> => {
  const { rows } = await client.query<{ position: Position }>(POSITION, [name]);
  return rows[0]?.position;
};

/** Answers how far a generation has come, whichever node fills it; the start of the log where there is none. */
export const checkpointOf = async (client: pg.ClientBase | pg.Pool, name: string): Promise<Position> =>
  (await findCheckpoint(client, name)) ?? LOG_START;

/** Begins an empty generation in a schema beside the one in use. An unfinished one is dropped. */
export const beginGeneration = (
  client: pg.ClientBase,
  schema: string,
  { version }: Pick<Projection<never>, 'version'>,
  readModel: Pick<ReadModel<never>, 'tables'>,
): Promise<void> =>
  exclusively(client, async () => {
    await client.query(`drop schema if exists ${schema} cascade`);
    await client.query(FORGET, [schema]);
    await createTables(client, schema, version, readModel);
  });

/** Drops a generation that is not in use. Answers whether there was one. */
export const dropGeneration = (client: pg.ClientBase, schema: string): Promise<boolean> =>
  exclusively(client, async () => {
    await client.query(`drop schema if exists ${schema} cascade`);
    return (await client.query(FORGET, [schema])).rowCount !== 0;
  });

/**
 * Puts the new generation in the place of the old one, in one transaction. Answers false when the old one is further, or is
 * read for long, as by a back-up: the new one then goes on catching up. A switch that waits for the tables makes every query
 * after it wait too, so it waits for a moment alone.
 */
export const switchGeneration = async (client: pg.ClientBase, name: string, fillUpTo?: FillUpTo): Promise<boolean> => {
  try {
    return await exclusively(client, () => switchNow(client, name, fillUpTo));
  } catch (error) {
    if (errorCode(error) === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
};

/** Holds the one in use where it stands while the next one is brought there: in a busy log it would always be further. */
const bringThere = async (client: pg.ClientBase, name: string, fillUpTo: FillUpTo): Promise<void> => {
  const { rows } = await client.query<{ position: Position }>(`${POSITION} for update`, [name]);
  if (rows[0]) await fillUpTo(rows[0].position);
};

const switchNow = async (client: pg.ClientBase, name: string, fillUpTo?: FillUpTo): Promise<boolean> => {
  const schema = rebuildSchema(name);
  await client.query(`set local lock_timeout = ${SWITCH_LOCK_MS}`);
  if (fillUpTo) await bringThere(client, name, fillUpTo);
  const { rows } = await client.query<{ name: string; position: string }>(LOCK_BOTH, [[name, schema]]);
  const positions = new Map(rows.map((row) => [row.name, BigInt(row.position)]));
  if ((positions.get(schema) ?? -1n) < (positions.get(name) ?? 0n)) return false;
  await client.query(`drop schema if exists ${name} cascade`);
  await client.query(FORGET, [name]);
  await client.query(`alter schema ${schema} rename to ${name}`);
  await client.query(RENAME_CHECKPOINT, [name, schema]);
  await client.query(TELL_REVISED, [name]);
  return true;
};
