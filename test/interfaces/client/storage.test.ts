import { expect } from 'chai';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStorage } from '../../../src/interfaces/client/node/file-storage.js';
import { memoryStorage } from '../../../src/interfaces/client/storage/memory-storage.js';
import { keepsValues } from '../../contracts/client-storage.js';

describe('the storage of a client', () => {
  const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.catch((error: unknown) => (error as { readonly code?: string }).code);

  describe('in memory', () => keepsValues(() => Promise.resolve(memoryStorage())));

  describe('in files', () => {
    const folders: string[] = [];
    const newFolder = async (): Promise<string> => {
      const folder = await mkdtemp(join(tmpdir(), 'chatapp-storage-'));
      folders.push(folder);
      return join(folder, 'not/there/yet');
    };
    afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

    keepsValues(async () => fileStorage(await newFolder()));

    it('is for the eyes of its user alone', async () => {
      const folder = await newFolder();
      await fileStorage(folder).put('a', 1);
      const modes = await Promise.all([folder, join(folder, 'a')].map(async (path) => (await stat(path)).mode & 0o777));
      expect(modes).to.deep.equal([0o700, 0o600]);
    });

    it('is shared by all who open the folder', async () => {
      const folder = await newFolder();
      const storages = [fileStorage(folder), fileStorage(folder), fileStorage(folder)];
      const puts = storages.map(async (storage, own) => {
        for (let n = 0; n < 20; n += 1) await storage.put(`${own}/${n}`, 'x'.repeat(n * 1_000));
      });
      await Promise.all(puts);
      expect(await fileStorage(folder).list('')).to.have.length(60);
    });

    it('says what could not be kept or read, and leaves nothing of it', async () => {
      const folder = await newFolder();
      await mkdir(join(folder, 'a'), { recursive: true });
      expect(await codeOf(fileStorage(folder).put('a', 1))).to.equal('EISDIR');
      expect(await readdir(folder)).to.deep.equal(['a']);
      await rm(folder, { recursive: true });
      await writeFile(folder, 'no folder');
      expect(await codeOf(fileStorage(folder).list(''))).to.equal('ENOTDIR');
    });

    it('is there for the next process, without what a process that was killed had begun', async () => {
      const folder = await newFolder();
      await fileStorage(folder).put('a/1', { kept: true });
      await writeFile(join(folder, '7-1.draft'), '{"half');
      expect(await fileStorage(folder).list('')).to.deep.equal([['a/1', { kept: true }]]);
    });
  });
});
