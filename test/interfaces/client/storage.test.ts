import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStorage } from '../../../src/interfaces/client/node/file-storage.js';
import { memoryStorage } from '../../../src/interfaces/client/storage/memory-storage.js';
import { keepsValues } from '../../contracts/client-storage.js';

describe('the storage of a client', () => {
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

    it('is there for the next process, without what a process that was killed had begun', async () => {
      const folder = await newFolder();
      await fileStorage(folder).put('a/1', { kept: true });
      await writeFile(join(folder, '7-1.draft'), '{"half');
      expect(await fileStorage(folder).list('')).to.deep.equal([['a/1', { kept: true }]]);
    });
  });
});
