import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hideBehind, own, requireReach, type OsUser } from './os-user.js';
import { disownFolder, isOwned, ownFolder } from './owner-file.js';
import { SUPERUSER, type Cluster } from './running-cluster.js';

/** A process that was killed may have left an `initdb` that writes into the folder for a few seconds more. */
const REMOVE = { recursive: true, force: true, maxRetries: 10 } as const;

interface CreateParts {
  readonly initdb: string;
  readonly user: OsUser;
  /** Ends the work. */
  readonly signal: AbortSignal;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Runs `initdb` to its end, also when the signal stops it: nothing writes into the folder afterwards. */
const initialise = async (draft: string, password: string, { initdb, user, signal }: CreateParts): Promise<void> => {
  const passwordFile = `${draft}.password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await own(passwordFile, user);
  const handle = await open(passwordFile);
  await rm(passwordFile);
  try {
    const options = [`--pgdata=${hideBehind(draft, user)}`, `--username=${SUPERUSER}`, '--pwfile=/dev/stdin'];
    const fixed = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'];
    const child = spawn(initdb, [...options, ...fixed], {
      ...user,
      cwd: draft,
      stdio: [handle.fd, 'ignore', 'pipe'],
      signal,
    });
    let said = '';
    let cause: unknown;
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', (error) => (cause = error));
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    signal.throwIfAborted();
    if (status !== 0) throw new Error(`PostgreSQL could not be set up in ${draft}: ${said}`, { cause });
  } finally {
    await handle.close();
  }
};

/** Removes the remains of killed starts, and keeps what a living process works on, which has an owner from the first. */
const removeOldDrafts = async (folder: string): Promise<void> => {
  const beside = await readdir(dirname(folder), { withFileTypes: true });
  const drafts = beside.filter((each) => each.isDirectory() && each.name.startsWith(`${basename(folder)}.new-`));
  for (const { name } of drafts) {
    const draft = join(dirname(folder), name);
    if (await isOwned({ folder: draft })) continue;
    for (const path of [`${draft}.password`, `${draft}.owner`, draft]) await rm(path, REMOVE);
  }
};

/**
 * Makes the data where there is none, beside its place, and then moves it there whole. A start that is killed leaves nothing
 * half made, and the next start removes what it was making.
 */
export const createData = async ({ folder, password }: Cluster, parts: CreateParts): Promise<void> => {
  await removeOldDrafts(folder);
  if (await exists(join(folder, 'PG_VERSION'))) return;
  const draft = `${folder}.new-${randomBytes(6).toString('hex')}`;
  await ownFolder({ folder: draft });
  try {
    await mkdir(draft, { mode: 0o700 });
    await own(draft, parts.user);
    requireReach(draft, parts.user);
    await initialise(draft, password, parts);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, REMOVE);
    // Another start may have made it meanwhile.
    if (parts.signal.aborted || !(await exists(join(folder, 'PG_VERSION')))) throw error;
  } finally {
    await disownFolder({ folder: draft });
  }
};
