import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type pg from 'pg';
import { errorCode } from '../error-code.js';
import { untimed } from '../postgres/session.js';
import {
  copyHashed,
  flush,
  FOLDER_MODE,
  linesOf,
  requireSame,
  writeHashed,
  type BackedUpFile,
} from './backup-files.js';
import { addLine, EVENTS, fileOf, rowsOf, TABLES } from './backup-tables.js';
import { EventHash } from './event-hash.js';
import { FORMAT, MANIFEST, type Manifest } from './manifest.js';
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
const writeDatabase = async ({ pool, onProgress }: BackupParts, folder: string): Promise<Database> => {
  const client = await pool.connect();
  try {
    return await untimed(client, async () => {
      await client.query('begin isolation level repeatable read read only');
      const { rows } = await client.query<{ name: string }>(MIGRATIONS); // the snapshot is taken with it
      const written = await writeTables(client, folder, onProgress);
      await client.query('commit');
      return { ...written, migrations: rows.map(({ name }) => name) };
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

/** Reads a back-up whole: every file, and every event. */
export const verifyBackup = async (
  folder: string,
  { files, events, sha256 }: Manifest,
  onProgress: BackupParts['onProgress'],
): Promise<void> => {
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
  const { dataDir, withSecrets, version, madeAt } = parts;
  const { files, ...database } = await writeDatabase(parts, folder);
  const media = await writeMedia(parts, folder);
  const secrets = withSecrets ? [await copyHashed(join(dataDir, 'secrets.json'), folder, 'secrets.json')] : [];
  const all = [...files, ...media, ...secrets];
  const manifest: Manifest = { format: FORMAT, madeAt, version, ...database, hasSecrets: withSecrets, files: all };
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
