import { spawnSync } from 'node:child_process';
import { chown } from 'node:fs/promises';

const NAME = 'postgres';

/** The user as whom PostgreSQL runs: empty for ourselves; another one when we are root, which it refuses. */
export type OsUser = { readonly uid?: number; readonly gid?: number };

const idOf = (option: '-u' | '-g'): number | undefined => {
  const { status, stdout } = spawnSync('id', [option, NAME], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
};

const createUser = (): void => {
  const { status, stderr } = spawnSync('useradd', ['--system', '--user-group', '--shell', '/bin/false', NAME], {
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(
      `PostgreSQL does not run as root, and the user "${NAME}" could not be made (${stderr.trim()}); ` +
        'start as an ordinary user, or set DATABASE_URL',
    );
};

export const findOsUser = (): OsUser => {
  if (process.getuid?.() !== 0) return {};
  if (idOf('-u') === undefined) createUser();
  const uid = idOf('-u');
  const gid = idOf('-g');
  return uid === undefined || gid === undefined ? {} : { uid, gid };
};

/** Says whether the user can reach and run a program. */
export const canRun = (program: string, user: OsUser): boolean =>
  spawnSync(program, ['--version'], { ...user, stdio: 'ignore', cwd: '/' }).status === 0;

/** Gives a file or folder to the user. */
export const own = async (path: string, user: OsUser): Promise<void> => {
  if (user.uid !== undefined && user.gid !== undefined) await chown(path, user.uid, user.gid);
};

const HERE = '/proc/self/cwd';

/**
 * Answers the name by which a program that we start inside the folder finds it. Another user may have no path to it, as below
 * `/root`; on Linux a process can name the folder in which it works.
 */
export const hideBehind = (folder: string, user: OsUser): string =>
  user.uid !== undefined && process.platform === 'linux' ? HERE : folder;

/** Refuses a folder that the user cannot use. */
export const requireReach = (folder: string, user: OsUser): void => {
  if (user.uid === undefined) return;
  if (spawnSync('ls', [hideBehind(folder, user)], { ...user, stdio: 'ignore', cwd: folder }).status !== 0)
    throw new Error(
      `the user "${NAME}", as whom PostgreSQL runs when started by root, cannot use ${folder}: ` +
        'set DATA_DIR to a folder that others may pass through, or start as an ordinary user',
    );
};
