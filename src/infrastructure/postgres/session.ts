import type { Socket } from 'node:net';
import pg from 'pg';

/** Settings of a session, by their names in PostgreSQL. */
type SessionSettings = Readonly<Record<string, string>>;

export interface SessionParts {
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
  readonly settings: SessionSettings;
  /** When a question that has got no answer fails; later than the server itself would have given it up. */
  readonly answerWithinMs: number;
  /** Whether statements leave without waiting for the answer to the one before; by default they wait. */
  readonly pipeline?: boolean;
}

/** The connection does not keep what was set for its session. */
export class SessionSettingsError extends Error {
  override readonly name = 'SessionSettingsError';
}

/** The parts of the driver's client that its types do not declare. */
interface DriverClient {
  readonly connectionParameters: { query_timeout: number };
  readonly connection: { readonly stream: Socket };
  _getActiveQuery(): unknown;
}

const driverOf = (client: pg.ClientBase): DriverClient => client as unknown as DriverClient;

/** A host that has gone without a word is noticed within some 20 s, also by who only listens. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;

const CONNECT_WITHIN_MS = 10_000;

/** The driver itself would keep a connection whose question it has given up, and have the next one wait behind it. */
const giveUpAfter = (client: pg.ClientBase, milliseconds: number, pipeline = false): void => {
  const driver = driverOf(client);
  const { stream } = driver.connection;
  // The time of a statement begins as it is sent. Those that are sent together would have to be done together within it.
  driver.connectionParameters.query_timeout = pipeline ? 0 : milliseconds;
  stream.removeAllListeners('timeout');
  stream.setTimeout(milliseconds, () => {
    if (!driver._getActiveQuery()) return; // nothing was asked
    stream.destroy(Object.assign(new Error('the database does not answer'), { code: 'ETIMEDOUT' }));
  });
};

const SET = 'select name, set_config(name, value, false) as set from unnest($1::text[], $2::text[]) as s (name, value)';
/** Asked apart from setting them: behind a pooler of connections it may be another session that answers. */
const FORGOTTEN = `
  select name from unnest($1::text[], $2::text[]) as s (name, set) where current_setting(name) is distinct from set`;

/**
 * Makes a new connection ours. What is set by the address (`options`, `statement_timeout`, `query_timeout`) gives way: a
 * session that commits without waiting, or never gives up, would not keep what the log promises.
 */
export const settle = async (client: pg.ClientBase, parts: SessionParts): Promise<void> => {
  const { name, settings, answerWithinMs } = parts;
  giveUpAfter(client, answerWithinMs, parts.pipeline);
  const all = { application_name: name, ...settings };
  const { rows } = await client.query<{ name: string; set: string }>(SET, [Object.keys(all), Object.values(all)]);
  const forgotten = await client.query<{ name: string }>(FORGOTTEN, [
    rows.map((row) => row.name),
    rows.map(({ set }) => set),
  ]);
  if (forgotten.rows.length === 0) return;
  const names = forgotten.rows.map((row) => row.name).join(', ');
  throw new SessionSettingsError(`DATABASE_URL leads to sessions that forget ${names}: connect to PostgreSQL itself`);
};

/** Opens a connection of its own. `onLost` is told once it has ended, by whichever side. */
export const openSession = async (
  config: pg.ClientConfig,
  parts: SessionParts,
  onLost: (client: pg.Client) => void,
): Promise<pg.Client> => {
  const { pipeline = false } = parts;
  const client = new pg.Client({ ...config, ...KEEP_ALIVE, pipeline, connectionTimeoutMillis: CONNECT_WITHIN_MS });
  client.on('error', () => onLost(client)); // what runs on it is rejected by the driver
  client.on('end', () => onLost(client));
  try {
    await client.connect();
    await settle(client, parts);
    return client;
  } catch (error) {
    destroy(client);
    throw error;
  }
};

/** Lets go of a connection without a goodbye, for which a silent one would be waited for. */
export const destroy = (client: pg.ClientBase): void => {
  driverOf(client).connection.stream.destroy();
};

const READ_TIMEOUT = `select current_setting('statement_timeout') as before`;
const SET_TIMEOUT = `select set_config('statement_timeout', $1, false)`;

/** Runs work that takes as long as it takes; whether anybody is there is left to the keep-alive. */
export const untimed = async <Result>(client: pg.ClientBase, work: () => Promise<Result>): Promise<Result> => {
  const { connectionParameters, connection } = driverOf(client);
  const answerWithinMs = connection.stream.timeout ?? 0;
  const pipeline = connectionParameters.query_timeout === 0;
  const { rows } = await client.query<{ before: string }>(READ_TIMEOUT);
  await client.query(SET_TIMEOUT, ['0']);
  giveUpAfter(client, 0);
  const restore = async (): Promise<void> => {
    giveUpAfter(client, answerWithinMs, pipeline);
    await client.query(SET_TIMEOUT, [rows[0]?.before]);
  };
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    await restore().catch(() => undefined); // where the connection is lost, the first error is the one to tell
    throw error;
  }
  await restore();
  return result;
};
