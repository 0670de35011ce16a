import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../..', import.meta.url);

/** These names do not say what is inside, so that everything ends up there. */
const VAGUE = /^(index|utils?|helpers?|common|misc|shared)$|manager|impl$/i;
const FILE_NAME = /^(\d{4}_[a-z_]+|[a-z0-9]+(-[a-z0-9]+)*)(\.[a-z-]+)*$/;

const isVague = (path: string): boolean => path.split('/').some((part) => VAGUE.test(part.split('.')[0] ?? ''));
const isKebab = (path: string): boolean => FILE_NAME.test(path.split('/').at(-1) ?? '');

const filesUnder = async (folder: string): Promise<string[]> => {
  const entries = await readdir(fileURLToPath(new URL(folder, ROOT)), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(fileURLToPath(ROOT).length));
};

describe('The names of files', () => {
  for (const folder of ['src', 'test', 'scripts'])
    it(`under ${folder} say what is inside`, async () => {
      const files = await filesUnder(folder);
      expect(files).to.not.be.empty;
      expect(files.filter(isVague)).to.deep.equal([]);
    });

  for (const folder of ['src', 'scripts'])
    it(`under ${folder} are in lower case, with hyphens`, async () => {
      const files = await filesUnder(folder);
      expect(files.filter((file) => !isKebab(file))).to.deep.equal([]);
    });

  const vague = [
    'src/domain/index.ts',
    'src/application/utils/dates.ts',
    'src/application/helpers.ts',
    'src/infrastructure/common/sql.ts',
    'src/interfaces/ws/socket-manager.ts',
    'src/interfaces/ws/SocketManagerImpl.ts',
    'src/infrastructure/event-store-impl.ts',
  ];
  for (const file of vague) it(`would not pass over ${file}`, () => expect(isVague(file)).to.equal(true));

  const telling = ['src/domain/messages/decider.ts', 'src/application/messages/send-message.ts', 'test/simple.test.ts'];
  for (const file of telling) it(`leaves ${file} alone`, () => expect(isVague(file)).to.equal(false));
});
