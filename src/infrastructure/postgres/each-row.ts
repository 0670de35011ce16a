import pg from 'pg';

/** So many rows are fetched at a time, and others have their turn behind them: the database is faster than what is made of its rows. */
const FETCHED = 500;

/**
 * Answers what is made of each row of a query as it comes. The driver would hold all rows until the last one is there: what
 * thousands of them hold alive, the collector copies. An error of `make` is raised once the query has ended.
 */
export const eachRow = async <Row extends pg.QueryResultRow, Made>(
  pool: pg.Pool,
  config: pg.QueryConfig,
  make: (row: Row) => Made,
): Promise<Made[]> => {
  const made: Made[] = [];
  let failure: { readonly error: unknown } | undefined;
  const fetching: pg.QueryConfig & { readonly rows: number } = { ...config, rows: FETCHED };
  const query = new pg.Query<Row>(fetching);
  query.on('row', (row, result) => {
    if (result) result.rows.length = 0; // the driver adds each row behind this
    try {
      if (!failure) made.push(make(row));
    } catch (error) {
      failure = { error }; // thrown here, it would be nobody's
    }
  });
  await (pool.query(query) as unknown as Promise<unknown>); // the types are those of a client, which answers the query itself
  if (failure) throw failure.error;
  return made;
};
