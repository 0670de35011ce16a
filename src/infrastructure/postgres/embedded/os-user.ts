import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const NAME = 'postgres';

/** Whom PostgreSQL runs as: empty for ourselves; another when we are root, which it refuses. */
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

/** Whether the user can reach and run a program. */
export const canRun = (program: string, user: OsUser): boolean =>
  spawnSync(program, ['--version'], { ...user, stdio: 'ignore', cwd: '/' }).status === 0;

const PASS_THROUGH = 0o011;

/** A folder that belongs to the user, who may pass through the one above; refused when the user cannot reach it. */
export const ownFolder = async (folder: string, user: OsUser): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (user.uid === undefined || user.gid === undefined) return;
  await chown(folder, user.uid, user.gid);
  const above = dirname(folder);
  const { mode } = await stat(above);
  await chmod(above, (mode & 0o777) | PASS_THROUGH);
  if (spawnSync('ls', [folder], { ...user, stdio: 'ignore', cwd: '/' }).status !== 0)
    throw new Error(
      `the user "${NAME}", as whom PostgreSQL runs when started by root, cannot reach ${folder}: ` +
        'set DATA_DIR to a folder that others may pass through, or start as an ordinary user',
    );
};
