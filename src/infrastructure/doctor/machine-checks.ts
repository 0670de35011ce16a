import { existsSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { verifySmtp } from '../mail/transports.js';
import { readPackage } from '../version.js';
import { failure, ok, warning, type Check } from './outcome.js';

const MEBIBYTE = 1_048_576;
const LOW_DISK = 1_024 * MEBIBYTE;
const NO_DISK = 100 * MEBIBYTE;
const OTHERS_MAY_READ = 0o077;

const numbersOf = (version: string): number[] =>
  version
    .replace(/^[^\d]*/, '')
    .split('.')
    .map(Number);

/** Checks the version of Node. */
export const checkNode: Check = async () => {
  const wanted = (await readPackage()).engines.node;
  const [major = 0, minor = 0] = numbersOf(process.version);
  const [wantedMajor = 0, wantedMinor = 0] = numbersOf(wanted);
  const isEnough = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return isEnough ? ok(process.version) : failure(process.version, `install Node ${wanted}`);
};

/** Checks where the secrets come from, and that nobody else can read their file. */
export const checkSecrets =
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

/** Checks how much room the disk has. */
export const checkDisk =
  ({ DATA_DIR }: Config): Check =>
  async () => {
    const { bavail, bsize } = await statfs(existsSync(DATA_DIR) ? DATA_DIR : '.');
    const free = bavail * bsize;
    const detail = `${Math.floor(free / MEBIBYTE)} MiB free under ${DATA_DIR}`;
    if (free < NO_DISK) return failure(detail, 'make room: the database stops when the disk is full');
    return free < LOW_DISK ? warning(detail, 'make room soon') : ok(detail);
  };

/** Checks that mails can be sent. */
export const checkMail =
  ({ SMTP_URL, DATA_DIR, NODE_ENV }: Config): Check =>
  async () => {
    if (SMTP_URL !== undefined) {
      await verifySmtp(SMTP_URL);
      return ok(`${new URL(SMTP_URL).host} takes mail`);
    }
    const detail = `no SMTP_URL: mails are kept under ${join(DATA_DIR, 'mail')}`;
    return NODE_ENV === 'production' ? warning(detail, 'set SMTP_URL, or nobody gets their links') : ok(detail);
  };
