import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientStorage } from '../platform.js';

const DRAFT = '.draft';

/** Keeps values as files of a folder, for Node. A change is on the disk once its promise resolves. */
export const fileStorage = (folder: string): ClientStorage => {
  let drafts = 0;
  const pathOf = (key: string): string => join(folder, encodeURIComponent(key));
  const synced = async (): Promise<void> => {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  };
  const read = async (key: string): Promise<unknown> => {
    try {
      return JSON.parse(await readFile(pathOf(key), 'utf8')) as unknown;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  return {
    get: read,
    put: async (key, value) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = join(folder, `${drafts++}-${process.pid}${DRAFT}`);
      const handle = await open(draft, 'w', 0o600);
      await handle
        .writeFile(JSON.stringify(value))
        .then(() => handle.sync())
        .finally(() => handle.close());
      await rename(draft, pathOf(key));
      await synced();
    },
    remove: async (key) => {
      await rm(pathOf(key), { force: true });
    },
    list: async (prefix) => {
      const names = await readdir(folder).catch(() => []); // nothing has been kept yet
      const keys = names
        .filter((name) => !name.endsWith(DRAFT))
        .map(decodeURIComponent)
        .filter((key) => key.startsWith(prefix))
        .sort();
      return Promise.all(keys.map(async (key) => [key, await read(key)] as const));
    },
  };
};
