import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../error-code.js';
import { untimed } from '../postgres/session.js';
import {
  copyHashed,
  filesUnder,
  flush,
  FOLDER_MODE,
  linesOf,
  requireSame,
  writeHashed,
  type BackedUpFile,
} from './backup-files.js';
import { addLine, EVENTS, fileOf, rowsOf, TABLES } from './backup-tables.js';
import { EventHash } from './event-hash.js';
import { findNamed, listNamed, type NamedFile } from './named-files.js';
import { FORMAT, MANIFEST, SECRETS, type Manifest } from './manifest.js';
import { CopyRefusedError } from './moved-log.js';

const MIGRATIONS = 'select name from public.chatapp_migrations order by number';

export interface BackupParts {
  readonly pool: pg.Pool;
  readonly dataDir: string;
  /** The folder that is made. */
  readonly to: string;
  readonly withSecrets: boolean;
  readonly version: string;
  readonly madeAt: string;
  /** Lists the names of the files under `DATA_DIR/media`. */
  readonly media: () => AsyncIterable<string>;
  readonly onProgress: (doing: string, done: number) => void;
}

type Database = Pick<Manifest, 'files' | 'events' | 'sha256' | 'migrations'>;

/** A server removes a file, and its read model says so, within this time. */
const TOLD_WITHIN_MS = 10_000;
const ASK_AGAIN_MS = 250;

const writeTables = async (client: pg.ClientBase, folder: string, onProgress: BackupParts['onProgress']) => {
  const hash = new EventHash();
  const files: BackedUpFile[] = [];
  let events = 0;
  for (const table of TABLES) {
    let rows = 0;
    const onLine = (line: string) => {
      rows += 1;
      if (table.name === EVENTS) addLine(hash, line);
      onProgress(`writing ${table.name}`, rows);
    };
    files.push(await writeHashed(folder, fileOf(table.name), rowsOf(client, table, onLine)));
    if (table.name === EVENTS) events = rows;
  }
  return { files, events, sha256: hash.digest() };
};

/** Writes the tables as they are at one moment. */
const writeDatabase = async (
  { pool, onProgress }: BackupParts,
  folder: string,
): Promise<Database & { readonly named: readonly NamedFile[] }> => {
  const client = await pool.connect();
  try {
    return await untimed(client, async () => {
      await client.query('begin isolation level repeatable read read only');
      const { rows } = await client.query<{ name: string }>(MIGRATIONS); // the snapshot is taken with it
      const written = await writeTables(client, folder, onProgress);
      const named = await listNamed(client);
      await client.query('commit');
      return { ...written, named, migrations: rows.map(({ name }) => name) };
    });
  } finally {
    client.release(true); // with the connection goes its transaction
  }
};

/**
 * Copies the files behind the database: one that the log names was whole before that. One that is removed meanwhile is of a message or user that
 * is gone.
 */
const writeMedia = async ({ dataDir, media, onProgress }: BackupParts, folder: string): Promise<BackedUpFile[]> => {
  const files: BackedUpFile[] = [];
  for await (const name of media()) {
    try {
      files.push(await copyHashed(join(dataDir, 'media', name), folder, `media/${name}`));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      await rm(join(folder, 'media', name), { force: true });
    }
    onProgress('copying files', files.length);
  }
  return files;
};

/** Counts the files that were to be copied and are nowhere. One that was removed meanwhile is named no longer, once the server has said so. */
const countMissing = async (pool: pg.Pool, named: readonly NamedFile[], copied: readonly BackedUpFile[]) => {
  const names = new Set(copied.map(({ name }) => name));
  const giveUpAt = performance.now() + TOLD_WITHIN_MS;
  let missing = named.filter(({ path }) => !names.has(`media/${path}`));
  while (missing.length > 0 && performance.now() < giveUpAt) {
    missing = await findNamed(pool, missing);
    if (missing.length > 0) await sleep(ASK_AGAIN_MS);
  }
  return missing.length;
};

/** Reads a back-up whole: every file, and every event. A file that it does not name is refused. */
export const verifyBackup = async (
  folder: string,
  { files, events, sha256 }: Manifest,
  onProgress: BackupParts['onProgress'],
): Promise<void> => {
  const names = new Set([MANIFEST, ...files.map(({ name }) => name)]);
  const added = (await filesUnder(folder)).find((name) => !names.has(name));
  if (added !== undefined) throw new CopyRefusedError(`${added} is in the back-up, and was not when it was made`);
  for (const [index, file] of files.entries()) {
    await requireSame(folder, file);
    onProgress('reading back files', index + 1);
  }
  const hash = new EventHash();
  let read = 0;
  for await (const line of linesOf(folder, fileOf(EVENTS))) {
    addLine(hash, line);
    onProgress('reading back events', (read += 1));
  }
  if (read !== events || hash.digest() !== sha256)
    throw new CopyRefusedError('the log in the back-up is not the one that was written');
};

const writeAll = async (parts: BackupParts, folder: string): Promise<Manifest> => {
  const { dataDir, withSecrets: hasSecrets, version, madeAt } = parts;
  const { files, named, ...database } = await writeDatabase(parts, folder);
  const media = await writeMedia(parts, folder);
  const missing = await countMissing(parts.pool, named, media);
  const secrets = hasSecrets ? [await copyHashed(join(dataDir, SECRETS), folder, SECRETS)] : [];
  const all = [...files, ...media, ...secrets];
  const manifest: Manifest = { format: FORMAT, madeAt, version, ...database, hasSecrets, missing, files: all };
  await verifyBackup(folder, manifest, parts.onProgress);
  await writeHashed(folder, MANIFEST, [JSON.stringify(manifest, null, 2)]);
  return manifest;
};

/**
 * Makes a back-up, also while a server runs. It is written beside its place, read back, and put there whole: where it is interrupted, nothing stands
 * there.
 */
export const writeBackup = async (parts: BackupParts): Promise<Manifest> => {
  const to = resolve(parts.to);
  if (!relative(resolve(parts.dataDir), to).startsWith('..'))
    throw new CopyRefusedError(`${to} is in DATA_DIR, and would be lost with it: name a folder elsewhere`);
  if (existsSync(to)) throw new CopyRefusedError(`${to} is there already: name a folder that is not`);
  const draft = join(dirname(to), `.${basename(to)}.${randomUUID()}.partial`);
  await mkdir(draft, { recursive: true, mode: FOLDER_MODE });
  try {
    const manifest = await writeAll(parts, draft);
    await rename(draft, to);
    await flush(dirname(to));
    return manifest;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
};
