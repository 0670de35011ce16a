import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { eventually } from '../../support/eventually.js';

export const PROGRAM = fileURLToPath(new URL('./embedded-process.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A log that nobody reads. */
export const quiet = { info: () => undefined, warn: () => undefined };

export const ask = async <Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
};

/** Asks until there is an answer: the database may be away for a moment. */
export const askAgain = async (url: string, sql: string): Promise<pg.QueryResultRow[]> => {
  const rows = await eventually(
    () => ask(url, sql).catch(() => undefined),
    (answer) => answer !== undefined,
  );
  return rows!;
};

export interface ServerProcess {
  readonly child: ChildProcess;
  /** Resolves with the first line that it writes. */
  readonly line: string;
  /** The address of its database. */
  readonly url: string;
}

/** Launches a server on the data folder in another process, which is in `running` before it writes anything. */
export const launchProcess = (dataDir: string, running: ChildProcess[], options: SpawnOptions = {}) => {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, dataDir], {
    ...options,
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const line = once(createInterface(child.stdout), 'line').then(([first]) => first as string);
  return { child, line };
};

/** Starts a server on the data folder in another process. */
export const startProcess = async (
  dataDir: string,
  running: ChildProcess[],
  options: SpawnOptions = {},
): Promise<ServerProcess> => {
  const launched = launchProcess(dataDir, running, options);
  const line = await launched.line;
  return { child: launched.child, line, url: line.replace('url ', '') };
};

export const endProcesses = async (running: ChildProcess[]): Promise<void> => {
  for (const child of running.splice(0)) {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
};
