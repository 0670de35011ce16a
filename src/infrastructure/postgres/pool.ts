import pg from 'pg';

const TIMESTAMPTZ = 1184;

/** `2026-01-31 12:00:00.5+00`, as PostgreSQL writes it in UTC, to `2026-01-31T12:00:00.500Z`. */
const toInstant = (text: string): string => {
  const [seconds = '', fraction = ''] = text.slice(0, -'+00'.length).split('.');
  return `${seconds.replace(' ', 'T')}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
};

const types = new pg.TypeOverrides();
types.setTypeParser(TIMESTAMPTZ, 'text', toInstant);

export interface PoolOptions {
  readonly url: string;
  readonly max: number;
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
  /** Told of connections that died while idle: the pool replaces them by itself. */
  readonly onIdleError: (error: Error) => void;
}

/** Connections in UTC, bigints as decimal strings, times as RFC 3339 strings with milliseconds. */
export const createPool = ({ url, max, name, onIdleError }: PoolOptions): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: name,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    options: '-c timezone=UTC -c statement_timeout=30000',
    types,
  });
  pool.on('error', onIdleError);
  // The pool listens to idle connections alone: one that is lost in use would end the process. Its user's query is told.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
};
