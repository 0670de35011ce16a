import pg from 'pg';
import { DatabaseOverloadedError } from '../../application/ports/database-overloaded.js';
import { KEEP_ALIVE, settle } from './session.js';
import { translated } from './sql-state.js';

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
  /** The name of the sessions in `pg_stat_activity`. */
  readonly name: string;
  /** Called with connections that died while idle: the pool replaces them by itself. */
  readonly onIdleError: (error: Error) => void;
  /** Asked of a query that would be refused because all connections are taken: says whether it may wait on. */
  readonly mayWait?: () => boolean;
}

/** The time for which a query waits for a connection while all are taken. */
const WAIT_MS = 2_000;

const SESSION = { settings: { timezone: 'UTC', statement_timeout: '30000' }, answerWithinMs: 35_000 };

type Connected = Parameters<Parameters<pg.Pool['connect']>[0]>;

/** Refuses a query that has waited too long, so that the queue does not grow, and raises the errors of the ports. */
class BoundedPool extends pg.Pool {
  readonly #mayWait: () => boolean;

  constructor(config: pg.PoolConfig, mayWait: () => boolean = () => false) {
    super(config);
    this.#mayWait = mayWait;
  }

  override query(...given: unknown[]): never {
    const query = super.query.bind(this) as (...same: unknown[]) => Promise<unknown>;
    const answer = query(...given).catch((error: unknown) => {
      throw translated(error);
    });
    return answer as never; // the types of the base class hold for callers: they know this pool as a `pg.Pool`
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: (...answer: Connected) => void): void;
  override connect(callback?: (...answer: Connected) => void): Promise<pg.PoolClient> | void {
    if (callback) return this.#connect(callback);
    return new Promise((resolve, reject) => {
      this.#connect((error, client) => {
        if (client) resolve(client);
        else reject(translated(error ?? new Error('the pool is closed')));
      });
    });
  }

  /** Whether another connection is opened for who asks now. Those who wait already are given the idle ones first. */
  #opensAnother(): boolean {
    const { idleCount, waitingCount, totalCount, options } = this;
    const before = idleCount === 0 ? 0 : waitingCount - idleCount;
    return before >= 0 && before < options.max - totalCount;
  }

  #connect(callback: (...answer: Connected) => void): void {
    if (this.#opensAnother()) return super.connect(callback);
    let refused = false;
    const refuse = () => {
      if (!this.ending && this.#mayWait()) return;
      clearInterval(timer);
      refused = true;
      callback(new DatabaseOverloadedError('all connections to the database are taken'), undefined, () => undefined);
    };
    const timer = setInterval(refuse, WAIT_MS);
    super.connect((error, client, release) => {
      clearInterval(timer);
      if (!refused) callback(error, client, release);
      else if (client) release(); // it comes too late, and goes to the next caller
    });
  }
}

/** Makes a pool of connections in UTC, with bigints as decimal strings, and times as RFC 3339 strings with milliseconds. */
export const createPool = ({ url, max, name, onIdleError, mayWait }: PoolOptions): pg.Pool => {
  // The driver waits for it, unlike its types say: nobody is given a connection that is not ours yet.
  const onConnect = ((client: pg.ClientBase) => settle(client, { ...SESSION, name })) as (
    client: pg.ClientBase,
  ) => void;
  const config = {
    connectionString: url,
    max,
    ...KEEP_ALIVE,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    onConnect,
    types,
  };
  const pool = new BoundedPool(config, mayWait);
  pool.on('error', onIdleError);
  // The pool listens to idle connections alone: one that is lost in use would end the process. The query that used it fails.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
};
