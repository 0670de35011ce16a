import { existsSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { Finding } from '../../interfaces/cli/tool.js';
import type { EventStore } from '../../application/ports/event-store.js';
import { listWithLag } from '../../application/projections/list-with-lag.js';
import type { ProjectionStatus } from '../../application/ports/projection-operations.js';
import { loadConfig, type Config } from '../config.js';
import { verifySmtp } from '../mail/transports.js';
import { createLogger } from '../observability/logger.js';
import { createProjectionStatuses } from '../projections/postgres/projection-statuses.js';
import { ReleaseStack } from '../release-stack.js';
import { pendingErasures } from '../security/erased-keys.js';
import { destroyedKeys } from '../security/purge-erased.js';
import { usedMasterKeys } from '../security/rewrap-keys.js';
import { openDatabase } from './open-tool.js';
import { openLog } from './open-stores.js';
import { createProjectionOperations } from './registered-projections.js';
import { readPackage } from './version.js';

type Outcome = Omit<Finding, 'check'>;
type Check = () => Promise<Outcome>;

const MEBIBYTE = 1_048_576;
const LOW_DISK = 1_024 * MEBIBYTE;
const NO_DISK = 100 * MEBIBYTE;
const OLDEST_POSTGRES = 140_000;
const CLOCK_WARNING_MS = 1_000;
const CLOCK_FAILURE_MS = 30_000;
const MAX_LAG = 10_000;
const OTHERS_MAY_READ = 0o077;

const ok = (detail: string): Outcome => ({ status: 'ok', detail });
const warning = (detail: string, advice: string): Outcome => ({ status: 'warning', detail, advice });
const failure = (detail: string, advice: string): Outcome => ({ status: 'failure', detail, advice });

/** A check that fails is a finding too. */
const finding = async (check: string, work: Check): Promise<Finding> => {
  try {
    return { check, ...(await work()) };
  } catch (error) {
    const detail = error instanceof AggregateError ? (error.errors as Error[])[0]?.message : (error as Error).message;
    return { check, status: 'failure', detail: detail ?? String(error) };
  }
};

const numbersOf = (version: string): number[] =>
  version
    .replace(/^[^\d]*/, '')
    .split('.')
    .map(Number);

const node: Check = async () => {
  const wanted = (await readPackage()).engines.node;
  const [major = 0, minor = 0] = numbersOf(process.version);
  const [wantedMajor = 0, wantedMinor = 0] = numbersOf(wanted);
  const isEnough = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return isEnough ? ok(process.version) : failure(process.version, `install Node ${wanted}`);
};

const secrets =
  ({ DATA_DIR, JWT_SECRET, MASTER_KEY }: Config): Check =>
  async () => {
    if (JWT_SECRET !== undefined && MASTER_KEY !== undefined) return ok('from the environment');
    const file = join(DATA_DIR, 'secrets.json');
    if (!existsSync(file)) return warning(`${file} is not there yet`, 'it is made when the server starts');
    const { mode } = await stat(file);
    return (mode & OTHERS_MAY_READ) === 0 || process.platform === 'win32'
      ? ok(file)
      : failure(`others may read ${file}`, `chmod 600 ${file}`);
  };

const disk =
  ({ DATA_DIR }: Config): Check =>
  async () => {
    const { bavail, bsize } = await statfs(existsSync(DATA_DIR) ? DATA_DIR : '.');
    const free = bavail * bsize;
    const detail = `${Math.floor(free / MEBIBYTE)} MiB free under ${DATA_DIR}`;
    if (free < NO_DISK) return failure(detail, 'make room: the database stops when the disk is full');
    return free < LOW_DISK ? warning(detail, 'make room soon') : ok(detail);
  };

const mail =
  ({ SMTP_URL, DATA_DIR, NODE_ENV }: Config): Check =>
  async () => {
    if (SMTP_URL !== undefined) {
      await verifySmtp(SMTP_URL);
      return ok(`${new URL(SMTP_URL).host} takes mail`);
    }
    const detail = `no SMTP_URL: mails are kept under ${join(DATA_DIR, 'mail')}`;
    return NODE_ENV === 'production' ? warning(detail, 'set SMTP_URL, or nobody gets their links') : ok(detail);
  };

const database =
  (pool: pg.Pool): Check =>
  async () => {
    const { rows } = await pool.query<{ number: string; version: string }>(
      `select current_setting('server_version_num') as number, current_setting('server_version') as version`,
    );
    const { number = '0', version = 'unknown' } = rows[0] ?? {};
    return Number(number) >= OLDEST_POSTGRES
      ? ok(`PostgreSQL ${version}, migrations up to date`)
      : failure(`PostgreSQL ${version}`, 'use version 14 or later');
  };

const clock =
  (pool: pg.Pool): Check =>
  async () => {
    const before = Date.now();
    const { rows } = await pool.query<{ now: string }>(`select clock_timestamp() as now`);
    const here = (before + Date.now()) / 2;
    const offset = Math.round(Math.abs(here - Date.parse(rows[0]?.now ?? '')));
    const detail = `${offset} ms from the database's`;
    if (offset > CLOCK_FAILURE_MS) return failure(detail, 'set the clocks: tokens are refused, times are wrong');
    return offset > CLOCK_WARNING_MS ? warning(detail, 'have both machines follow NTP') : ok(detail);
  };

interface Held {
  config?: Config;
  pool?: pg.Pool;
  events?: EventStore;
}

const log =
  (config: Config, pool: pg.Pool, releases: ReleaseStack, held: Held): Check =>
  async () => {
    const { events, masterKeys } = await openLog(config, pool, { log: createLogger({ level: 'silent' }), releases });
    held.events = events;
    const used = await usedMasterKeys(pool);
    used.delete(await masterKeys.current());
    const detail = `head at ${await events.head()}, every type of event known, keys open`;
    return used.size === 0 ? ok(detail) : warning(detail, 'an earlier master key is in use: run chatapp keys rotate');
  };

const adviceOnWaiting = (pausedUntil: string | null, heldBy: string | null): string => {
  const when = pausedUntil === null ? 'within a minute' : `within a minute after ${pausedUntil}`;
  const removes = `a running server removes it ${when}, once the read models have forgotten them`;
  return heldBy === null
    ? removes
    : `${removes} and no transaction is open that began before; the oldest is ${heldBy}: end it`;
};

const erasures =
  (pool: pg.Pool): Check =>
  async () => {
    const pending = await pendingErasures(pool);
    if (pending > 0)
      return failure(`the keys of ${pending} erased users are not destroyed yet`, 'is a server running? see its log');
    const { count, lastAt, waiting, pausedUntil, heldBy, large } = await destroyedKeys(pool);
    if (count === 0) return ok('no user has been erased');
    const kept =
      large.length === 0
        ? ''
        : `. ${large.join(', ')} ${large.length === 1 ? 'is' : 'are'} too large to be written anew while users wait: what stood ` +
          `there of erased users stays in the files until it is overwritten, or until you vacuum full`;
    const detail =
      `the keys of ${count} erased users are destroyed, the last one at ${lastAt}; back-ups of the database and write-ahead ` +
      `log from before that time may still hold them, with which MASTER_KEY opens what was erased, and read models in ` +
      `plain text${kept}`;
    if (waiting === 0) return ok(`${detail}. Keep none of them longer than your promise to erase allows`);
    return warning(
      `${detail}. Of ${waiting} of these users, the key or what a read model held is still in the files of the database`,
      adviceOnWaiting(pausedUntil, heldBy),
    );
  };

type Examined = Omit<ProjectionStatus, 'behind'> & Partial<Pick<ProjectionStatus, 'behind'>>;

const projections =
  (pool: pg.Pool, events: EventStore | undefined): Check =>
  async () => {
    const statuses = createProjectionStatuses(pool);
    // How far behind they are is not known where the log cannot be opened.
    const all: readonly Examined[] = await (events ? listWithLag(statuses, events) : statuses.list());
    const late = all.filter(({ behind = 0 }) => behind > MAX_LAG);
    const parked = all.filter((each) => each.parked > 0);
    const detail = all.map(({ name, behind = 'an unknown number' }) => `${name} ${behind} behind`).join(', ');
    const stopped = all.filter((each) => each.stopped !== null);
    if (stopped.length > 0)
      return failure(
        stopped.map(({ name, stopped: reason }) => `${name} has stopped: ${reason}`).join(', '),
        'see chatapp projections verify, then rebuild or resume it',
      );
    if (parked.length > 0)
      return warning(
        `${parked.map(({ name }) => name).join(', ')} have parked events`,
        'see chatapp projections parked',
      );
    if (late.length > 0) return warning(detail, 'is a server running? see its log');
    return ok(detail);
  };

/** The newest events alone are looked for: that is quick, on a log of whatever length. */
const readModels =
  (pool: pg.Pool, events: EventStore): Check =>
  async () => {
    const compared = await createProjectionOperations(pool, events).compareRecent();
    const different = compared.filter(({ mend }) => mend !== null);
    if (different.length === 0)
      return ok(compared.map(({ name, events: count }) => `${name} as its newest ${count} events have it`).join(', '));
    return failure(
      different
        .map(
          ({ name, first, differences }) =>
            `${name}: ${first} (${differences} ${differences === 1 ? 'difference' : 'differences'})`,
        )
        .join(', '),
      `compare all with chatapp projections verify, then mend with ${different.map(({ mend }) => mend).join(', ')}`,
    );
  };

/** Examines everything that a server stands on. */
export const examine = async (env: Readonly<Record<string, string | undefined>>): Promise<readonly Finding[]> => {
  const silent = createLogger({ level: 'silent' });
  const releases = new ReleaseStack((name, error) => silent.error({ err: error, name }, 'could not be released'));
  const held: Held = {};
  const findings = [await finding('Node', node)];
  findings.push(
    await finding('configuration', async () => {
      held.config = loadConfig(env);
      return ok(`${held.config.NODE_ENV}, ${held.config.DATABASE_URL === undefined ? 'embedded' : 'by URL'}`);
    }),
  );
  const { config } = held;
  if (!config) return findings;
  for (const [check, work] of [
    ['secrets', secrets(config)],
    ['disk', disk(config)],
    ['mail', mail(config)],
  ] as const)
    findings.push(await finding(check, work));
  try {
    findings.push(
      await finding('database', async () => {
        held.pool = await openDatabase(config, releases);
        return database(held.pool)();
      }),
    );
    const { pool } = held;
    if (!pool) return findings;
    findings.push(await finding('clock', clock(pool)), await finding('log', log(config, pool, releases, held)));
    findings.push(await finding('projections', projections(pool, held.events)));
    if (held.events) findings.push(await finding('read models', readModels(pool, held.events)));
    findings.push(await finding('erasures', erasures(pool)));
    return findings;
  } finally {
    await releases.releaseAll();
  }
};
