import type pg from 'pg';
import type { OpenedLog } from '../stores/open-log.js';
import { usedMasterKeys } from '../security/rewrap-keys.js';
import { failure, ok, warning, type Check } from './outcome.js';

const OLDEST_POSTGRES = 140_000;
const CLOCK_WARNING_MS = 1_000;
const CLOCK_FAILURE_MS = 30_000;

/** Checks the version of PostgreSQL. */
export const checkDatabase =
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

/** Checks that the clocks of this machine and of the database agree. */
export const checkClock =
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

/** Checks that the log could be opened, and that the newest master key wraps every key. */
export const checkLog =
  (pool: pg.Pool, { events, logServer, masterKeys }: Pick<OpenedLog, 'events' | 'logServer' | 'masterKeys'>): Check =>
  async () => {
    const used = await usedMasterKeys(pool);
    used.delete(await masterKeys.current());
    const place = logServer === undefined ? '' : `in ${logServer}, `;
    const known = logServer === undefined ? ', every type of event known' : '';
    const detail = `${place}head at ${await events.head()}${known}, keys open`;
    return used.size === 0 ? ok(detail) : warning(detail, 'an earlier master key is in use: run chatapp keys rotate');
  };
