import type { Writable } from 'node:stream';
import type pg from 'pg';
import { DatabaseUnavailableError } from '../../application/ports/database-unavailable.js';
import { errorCode } from '../error-code.js';

/** One statement of several that leave together. */
export interface Statement extends pg.QueryConfig {
  /** What a failure of it means, where that is more than an error of the database. */
  readonly explain?: (error: unknown) => unknown;
}

/** A session that pipelines may write in such a transaction alone: if its beginning fails, nothing behind it is written. */
export const ONE_TRIP_SETTINGS = { default_transaction_read_only: 'on' };

/** A standby answers with this code to the beginning of a transaction that writes. */
const FEATURE_NOT_SUPPORTED = '0A000';

const explainBegin = (error: unknown): unknown =>
  errorCode(error) === FEATURE_NOT_SUPPORTED
    ? new DatabaseUnavailableError('the database is a standby', { cause: error })
    : error;

const BEGIN: Statement = { text: 'begin read write', explain: explainBegin };
const COMMIT: Statement = { text: 'commit' };

/** Answers the socket of a connection, which the types of the driver do not declare. */
const streamOf = (client: pg.ClientBase): Writable =>
  (client as unknown as { readonly connection: { readonly stream: Writable } }).connection.stream;

/** Sends all statements in one piece, each with what a failure of it means. */
const sendAll = (client: pg.ClientBase, statements: readonly Statement[]): Promise<pg.QueryResult>[] => {
  const stream = streamOf(client);
  stream.cork();
  try {
    return statements.map(async ({ explain, ...query }) => {
      try {
        return await client.query(query);
      } catch (error) {
        throw explain ? explain(error) : error;
      }
    });
  } finally {
    stream.uncork();
  }
};

/**
 * Carries out statements in one transaction that costs one round trip: they leave together with its beginning and its
 * commit. So what must not be committed is refused in the database. Answers their results; raises the first failure, and
 * nothing is written then, unless the connection was lost behind the commit. The connection must pipeline.
 */
export const inOneTrip = async (
  client: pg.ClientBase,
  statements: readonly Statement[],
): Promise<readonly pg.QueryResult[]> => {
  const answers = await Promise.allSettled(sendAll(client, [BEGIN, ...statements, COMMIT]));
  const results = answers.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
  // What a transaction that has failed answers to its commit.
  if (results.at(-1)?.command !== 'COMMIT') throw new Error('the transaction was rolled back');
  return results.slice(1, -1);
};
