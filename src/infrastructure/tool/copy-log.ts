import type pg from 'pg';
import { ToolError, type LogCopied, type LogCopyOptions, type LogCopyProgress } from '../../interfaces/cli/tool.js';
import type { Config } from '../config.js';
import { copyKeys, requireUnused } from '../moving/copy-keys.js';
import { lockForCopy, type CopyLock } from '../moving/copy-lock.js';
import { copyMails } from '../moving/copy-mails.js';
import { copyTree } from '../moving/copy-tree.js';
import { kurrentDbLog } from '../moving/kurrentdb-log.js';
import { LogCopy } from '../moving/log-copy.js';
import type { MovedLog } from '../moving/moved-log.js';
import { postgresLog } from '../moving/postgres-log.js';
import { createLogger } from '../observability/logger.js';
import { migrate, pendingMigrations } from '../postgres/migrate.js';
import { ReleaseStack } from '../release-stack.js';
import { existingDatabaseUrl } from '../stores/open-existing-database.js';
import { openPool } from '../stores/open-pool.js';

const POSTGRES = /^postgres(ql)?:\/\//;
const KURRENTDB = /^(kurrentdb|kurrent|kdb|esdb)(\+discover)?:\/\//;
const LOG_LEVEL = 'error';

/** Shows where a URL leads, without a user's name and password, whatever is in them, and without its options. */
const placeOf = (url: string): string => url.replace(/\/\/.*@/s, '//').replace(/[?#].*$/s, '');

class CopySession {
  readonly #log = createLogger({ level: LOG_LEVEL });
  readonly #config: Config;
  readonly #releases = new ReleaseStack((name, err) => this.#log.error({ err, name }, 'could not be released'));
  readonly #pools = new Map<string, pg.Pool>();

  constructor(config: Config) {
    this.#config = config;
  }

  own(lock: CopyLock): CopyLock {
    return this.#releases.own('lock of the copy', lock, (it) => it.release());
  }

  close(): Promise<boolean> {
    return this.#releases.releaseAll();
  }

  /** Answers the log of this configuration, and the database of its keys. */
  async ownUrls(): Promise<{ readonly log: string; readonly database: string }> {
    const database = await existingDatabaseUrl(this.#config, this.#releases);
    return { log: this.#config.KURRENTDB_URL ?? database, database };
  }

  pool(url: string): pg.Pool {
    if (!POSTGRES.test(url)) throw new ToolError(`${placeOf(url)} is no database: it begins with postgres://`);
    const opened = this.#pools.get(url) ?? openPool(url, { log: this.#log, releases: this.#releases });
    this.#pools.set(url, opened);
    return opened;
  }

  async open(url: string): Promise<MovedLog> {
    if (POSTGRES.test(url)) return postgresLog(this.pool(url), placeOf(url));
    if (!KURRENTDB.test(url))
      throw new ToolError(`${placeOf(url)} is no log: it begins with postgres:// or kurrentdb://`);
    return this.#releases.own('KurrentDB', await kurrentDbLog(url, placeOf(url), this.#log), (it) => it.close());
  }
}

const USED = `
  select exists (select from log.events) or exists (select from projections.checkpoints where position > 0) as used`;
const HAS_TABLES = `select to_regclass('projections.checkpoints') is not null as "hasTables"`;

/** Refuses a database that servers of an earlier version use, before it is made one of this version. */
const requireNotOlder = async (pool: pg.Pool): Promise<void> => {
  if ((await pendingMigrations(pool)).length === 0) return;
  const { rows: tables } = await pool.query<{ hasTables: boolean }>(HAS_TABLES);
  if (tables[0]?.hasTables !== true) return;
  const { rows } = await pool.query<{ used: boolean }>(USED);
  if (rows[0]?.used) throw new ToolError('the database of the copy is one of an earlier version: give it an empty one');
};

const migrated = async (pool: pg.Pool): Promise<void> => {
  const client = await pool.connect();
  try {
    await migrate(client);
  } finally {
    client.release();
  }
};

const requireUpToDate = async (pool: pg.Pool): Promise<void> => {
  if ((await pendingMigrations(pool)).length > 0)
    throw new ToolError('the database that is copied is not up to date: start this version of the server on it once');
};

/** Answers where the keys of a log are: in its own database, where it is in one. */
const keysAt = (log: string, named: string | undefined, option: string): string => {
  const url = POSTGRES.test(log) ? log : named;
  if (url === undefined)
    throw new ToolError(
      `say with ${option} which database is for the keys of users: without them nobody reads the log`,
    );
  return url;
};

/** Answers the log that is copied, and the databases with the keys. */
const urlsOf = async (session: CopySession, { from, to, keysFrom, keysTo }: LogCopyOptions) => {
  const own = from === undefined ? await session.ownUrls() : { log: from, database: undefined };
  const keys = { from: keysAt(own.log, keysFrom ?? own.database, '--keys-from'), to: keysAt(to, keysTo, '--keys-to') };
  if (own.log === to || keys.from === keys.to)
    throw new ToolError('the copy needs a log of its own, and a database of its own');
  return { log: own.log, keys };
};

/** Copies a log with its keys, the tree that proves it and its queue of mails, and compares the two logs. */
export const copyLog = async (
  config: Config,
  options: LogCopyOptions,
  onProgress: (progress: LogCopyProgress) => void,
): Promise<LogCopied> => {
  const session = new CopySession(config);
  try {
    const { log, keys: urls } = await urlsOf(session, options);
    const [from, to] = [session.pool(urls.from), session.pool(urls.to)];
    await requireUpToDate(from);
    session.own(await lockForCopy(from, to));
    await requireNotOlder(to);
    await migrated(to);
    await requireUnused(from, to, POSTGRES.test(options.to));
    const source = await session.open(log);
    const target = await session.open(options.to);
    const copying = new LogCopy({ source, target, onProgress });
    const added = await copying.copy();
    const keys = await copyKeys(from, to);
    await copyTree(from, to);
    await copyMails({ from, to, source, positions: copying.positions });
    return { added, keys, from: source.place, to: target.place, ...(await copying.verify()) };
  } finally {
    await session.close();
  }
};
