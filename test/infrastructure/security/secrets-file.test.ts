import { expect } from 'chai';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSecrets } from '../../../src/infrastructure/security/secrets-file.js';

const RACERS = 10;

describe('The file of secrets', () => {
  let above: string;
  let dataDir: string;
  let file: string;

  beforeEach(async () => {
    above = await mkdtemp(join(tmpdir(), 'chatapp secrets '));
    dataDir = join(above, 'data');
    file = join(dataDir, 'secrets.json');
  });

  afterEach(() => rm(above, { recursive: true }));

  it('is made on first start, for its owner alone, and read afterwards', async () => {
    const made = await openSecrets(dataDir);
    expect(new Set(Object.values(made))).to.have.property('size', 3);
    for (const secret of Object.values(made)) expect(secret).to.match(/^[\w-]{43}$/);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect(await openSecrets(dataDir)).to.deep.equal(made);
  });

  it('is one, for all who start at once, and no draft stays behind', async () => {
    const opened = await Promise.all(Array.from({ length: RACERS }, () => openSecrets(dataDir)));
    for (const each of opened) expect(each).to.deep.equal(opened[0]);
    expect(await readdir(dataDir)).to.deep.equal(['secrets.json']);
  });

  for (const [fault, text] of [
    ['empty', ''],
    ['cut off', '{"databasePassword":"'],
    ['without a key', '{"databasePassword":"x"}'],
    ['of a key that is too short', JSON.stringify({ databasePassword: 'x', jwtSecret: 'y', masterKey: 'z' })],
  ])
    it(`is never made anew in the place of one that is ${fault}`, async () => {
      await openSecrets(dataDir);
      await writeFile(file, text!);
      const failure = await openSecrets(dataDir).then(() => '', String);
      expect(failure).to.include('restore it from a backup').and.include(file);
      expect(await readFile(file, 'utf8')).to.equal(text);
    });
});
