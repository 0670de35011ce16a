import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { CheckpointReader, Checkpoints, KeptCheckpoint } from '../../application/ports/checkpoints.js';
import { inTransaction } from '../postgres/transaction.js';
import type { MasterKeys } from '../security/master-keys.js';
import * as sql from './checkpoints.sql.js';
import { LogKeys } from './log-keys.js';

const RANDOM_BYTES = 8;

/** The name of the log is another one than that under which its heads were signed. The message says what to do. */
export class OtherOriginError extends Error {
  override readonly name = 'OtherOriginError';
}

export interface CheckpointsParts {
  readonly pool: pg.Pool;
  readonly masterKeys: MasterKeys;
  /** The name of the log by the configuration; undefined where it is made. */
  readonly origin: string | undefined;
  /** The host and port under which users reach the server: a made name begins so. */
  readonly host: string;
}

const firstOf = async (
  client: pg.ClientBase | pg.Pool,
  query: string | pg.QueryConfig,
  values: unknown[] = [],
): Promise<KeptCheckpoint | undefined> =>
  (await (client as pg.Pool).query<KeptCheckpoint>(query as pg.QueryConfig, values)).rows[0];

const readerOf = (client: pg.ClientBase | pg.Pool): CheckpointReader => ({
  last: () => firstOf(client, sql.LAST),
  at: (size) => firstOf(client, sql.AT, [size]),
});

/** Works in a transaction that no other node has at the same time. */
const alone = async <Result>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> => {
  const client = await pool.connect();
  try {
    const result = await inTransaction(client, async () => {
      await client.query(sql.LOCK);
      return work(client);
    });
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
};

/** Answers the name that the log has, and gives it one, and its first key, where it has none yet. */
const openOrigin = ({ pool, masterKeys, origin, host }: CheckpointsParts): Promise<string> =>
  alone(pool, async (client) => {
    const { rows } = await client.query<{ origin: string }>(sql.ORIGIN);
    const kept = rows[0]?.origin ?? origin ?? `${host}/${randomBytes(RANDOM_BYTES).toString('hex')}`;
    if (rows.length === 0) await client.query(sql.ADD_ORIGIN, [kept]);
    if (origin !== undefined && kept !== origin)
      throw new OtherOriginError(
        `AUDIT_ORIGIN is ${origin}, and the heads of this log are signed as ${kept}: another name would be another log`,
      );
    const keys = new LogKeys(kept, masterKeys);
    if ((await keys.list(client)).length === 0) await keys.make(client, 0);
    return kept;
  });

/** Opens the signed heads, and the keys that sign them. Raises `OtherOriginError`. */
export const openCheckpoints = async (parts: CheckpointsParts): Promise<Checkpoints> => {
  const { pool, masterKeys } = parts;
  const origin = await openOrigin(parts);
  const keys = new LogKeys(origin, masterKeys);
  return {
    origin,
    ...readerOf(pool),
    keys: () => keys.list(pool),
    before: (size) => firstOf(pool, sql.BEFORE, [size]),
    after: async (size, upTo) => (await pool.query<KeptCheckpoint>(sql.AFTER, [size, upTo])).rows,
    exclusively: (work) =>
      alone(pool, (client) =>
        work({
          ...readerOf(client),
          sign: (text, size) => keys.sign(client, text, size),
          keep: async ({ size, root, note }) => {
            await client.query(sql.KEEP, [size, root, note]);
          },
          changeKey: (size) => keys.make(client, size),
        }),
      ),
  };
};
