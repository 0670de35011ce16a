import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.js';

/** Answers the process id of the PostgreSQL under the data folder, or 0 where there is none. */
export const postmasterOf = async (dataDir: string): Promise<number> => {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number(text.split('\n')[0]);
};

/** Answers whether a process is running; one that has ended and that nobody has waited for is not. */
export const isAlive = async (pid: number): Promise<boolean> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !stat.includes(') Z ');
};

/** Resolves once it has ended: a process that was killed has no command line a moment before its end. */
export const hasEnded = (pid: number): Promise<boolean> =>
  eventually(
    () => isAlive(pid),
    (alive) => !alive,
  );

/** Answers the processes that work in a folder. */
const processesIn = async (folder: string): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, index) => places[index] === folder);
};

/**
 * Makes the recovery of the PostgreSQL under the data folder last, at its next start, until it is allowed to go on: it
 * waits for an archived file, and answers nobody before it has it.
 */
export const recoverSlowly = async (dataDir: string) => {
  const folder = join(dataDir, 'postgres');
  const mark = join(folder, 'restoring');
  const settings = join(folder, 'postgresql.auto.conf');
  const before = await readFile(settings, 'utf8');
  await writeFile(
    settings,
    `${before}restore_command = 'touch restoring; while test -f held; do sleep 0.1; done; false'\n`,
  );
  for (const name of ['recovery.signal', 'held']) await writeFile(join(folder, name), '');
  return {
    isRecovering: () => existsSync(mark),
    untilRecovering: () =>
      eventually(
        async () => existsSync(mark),
        (is) => is,
      ),
    /** Waits until no process works in the folder: the children of the postmaster may outlive it for a moment. */
    untilOthersEnded: () =>
      eventually(
        () => processesIn(folder),
        (pids) => pids.length === 0,
      ),
    /** Makes the next start recover as usual, and ends what still waits. */
    end: async () => {
      await writeFile(settings, before);
      for (const name of ['recovery.signal', 'held']) await rm(join(folder, name), { force: true });
    },
  };
};
