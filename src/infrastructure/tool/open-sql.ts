import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type pg from 'pg';
import type { Sql, SqlResult } from '../../interfaces/cli/tool.js';
import type { Config } from '../config.js';
import { errorCode } from '../error-code.js';
import { createLogger } from '../observability/logger.js';
import { openSession } from '../postgres/session.js';
import { ReleaseStack } from '../release-stack.js';
import { existingDatabaseUrl } from '../stores/open-existing-database.js';

const READ_ONLY = '-c default_transaction_read_only=on';

/** Takes every value as the text that PostgreSQL writes. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;

const resultOf = ({ fields, rows, command, rowCount }: pg.QueryArrayResult<(string | null)[]>): SqlResult => ({
  columns: fields.map(({ name }) => name),
  rows,
  summary: [command, rowCount].filter((part) => part !== null).join(' '),
});

/** Runs PostgreSQL's own shell; false where it is not installed. The password is no argument, as other users see those. */
const runPsql = async (url: string, isWritable: boolean): Promise<boolean> => {
  const address = new URL(url);
  const password = decodeURIComponent(address.password);
  address.password = '';
  const env = {
    ...process.env,
    ...(password && { PGPASSWORD: password }),
    ...(!isWritable && { PGOPTIONS: READ_ONLY }),
  };
  const ignore = () => undefined;
  process.on('SIGINT', ignore); // In psql, Ctrl-C ends a statement.
  try {
    await once(spawn('psql', [address.href], { env, stdio: 'inherit' }), 'exit');
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  } finally {
    process.off('SIGINT', ignore);
  }
};

/** Connects without a limit of time: statements typed by hand take as long as they take. */
const connect = (url: string, isWritable: boolean): Promise<pg.Client> => {
  const settings = isWritable ? {} : { default_transaction_read_only: 'on' };
  const session = { name: 'chatapp psql', settings, answerWithinMs: 0 };
  return openSession({ connectionString: url, types: AS_TEXT }, session, () => undefined); // the next statement reports it
};

/** Opens a connection of its own, for statements typed by hand. */
export const openSql = async (config: Config, { isWritable }: { readonly isWritable: boolean }): Promise<Sql> => {
  const log = createLogger({ level: 'error' });
  const releases = new ReleaseStack((name, error) => log.error({ err: error, name }, 'could not be released'));
  try {
    const url = await existingDatabaseUrl(config, releases);
    const client = releases.own('connection', await connect(url, isWritable), (it) => it.end());
    const { rows } = await client.query<[string]>({ text: 'show server_version', rowMode: 'array' });
    const where = config.DATABASE_URL === undefined ? join(config.DATA_DIR, 'postgres') : new URL(url).host;
    return {
      place: `PostgreSQL ${rows[0]?.[0] ?? ''} at ${where}`,
      run: async (text) => {
        const answer = await client.query<(string | null)[]>({ text, rowMode: 'array' });
        // Several statements give several results, which the driver's types do not know.
        return [answer].flat().map(resultOf);
      },
      runPsql: () => runPsql(url, isWritable),
      close: async () => {
        await releases.releaseAll();
      },
    };
  } catch (error) {
    await releases.releaseAll();
    throw error;
  }
};
