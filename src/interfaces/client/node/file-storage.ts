import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientStorage } from '../platform.js';

const DRAFT = '.draft';

/** Answers what is there, or something else where nothing is. */
const orIfMissing = async <Found, Otherwise>(
  found: Promise<Found>,
  otherwise: Otherwise,
): Promise<Found | Otherwise> => {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
};

const synced = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
};

/** Writes a file beside the one that it replaces, so that there is always a whole one. */
const write = async (folder: string, name: string, text: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `${randomUUID()}${DRAFT}`);
  try {
    const handle = await open(draft, 'wx', 0o600);
    await handle
      .writeFile(text)
      .then(() => handle.sync())
      .finally(() => handle.close());
    await rename(draft, join(folder, name));
  } catch (error) {
    await rm(draft, { force: true }); // a disk that is full is not filled further
    throw error;
  }
  await synced(folder);
};

/** Makes the changes of a key one after another: a file is written in several steps, and removed in one. */
const oneAfterAnother = () => {
  const last = new Map<string, Promise<void>>();
  return (key: string, change: () => Promise<void>): Promise<void> => {
    const changed = (last.get(key) ?? Promise.resolve()).then(change);
    const settled: Promise<void> = changed
      .catch(() => undefined) // whoever has asked for the change is told
      .then(() => {
        if (last.get(key) === settled) last.delete(key);
      });
    last.set(key, settled);
    return changed;
  };
};

/** Keeps values as files of a folder, for Node. A change is on the disk once its promise resolves. */
export const fileStorage = (folder: string): ClientStorage => {
  const change = oneAfterAnother();
  const read = async (key: string): Promise<unknown> => {
    const text = await orIfMissing(readFile(join(folder, encodeURIComponent(key)), 'utf8'), undefined);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  };
  return {
    get: read,
    put: (key, value) => {
      const text = JSON.stringify(value);
      return change(key, () => write(folder, encodeURIComponent(key), text));
    },
    remove: (key) => change(key, () => rm(join(folder, encodeURIComponent(key)), { force: true })),
    list: async (prefix) => {
      const names = await orIfMissing(readdir(folder), []); // nothing has been kept yet
      const keys = names
        .filter((name) => !name.endsWith(DRAFT))
        .map(decodeURIComponent)
        .filter((key) => key.startsWith(prefix))
        .sort();
      const values = await Promise.all(keys.map(async (key) => [key, await read(key)] as const));
      return values.filter(([, value]) => value !== undefined); // another process has removed it meanwhile
    },
  };
};
