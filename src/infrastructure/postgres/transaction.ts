import type pg from 'pg';

/** Runs the work in a transaction on the client: committed when it succeeds, rolled back when it throws. */
export const inTransaction = async <Result>(client: pg.ClientBase, work: () => Promise<Result>): Promise<Result> => {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // The first error is the one to report: where the connection is lost, the rollback fails too, and the server has done it.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
};
