import { expect } from 'chai';
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSecrets, renewMasterKey } from '../../../src/infrastructure/security/secrets-file.js';

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

  it('keeps the master keys that still wrap something, and the last one in any case', async () => {
    const { masterKey: first } = await openSecrets(dataDir);
    const second = await renewMasterKey(dataDir, () => true);
    expect(second.slice(1)).to.deep.equal([first]);
    const third = await renewMasterKey(dataDir, () => true);
    expect(third.slice(1)).to.deep.equal(second);
    const fourth = await renewMasterKey(dataDir, (key) => key === first);
    expect(fourth.slice(1)).to.deep.equal([third[0], first]);
    expect(new Set([...third, ...fourth])).to.have.property('size', 4);
    const { masterKey, previousMasterKeys } = await openSecrets(dataDir);
    expect([masterKey, ...previousMasterKeys!]).to.deep.equal(fourth);
  });

  /*
   * The name was taken, and nothing could be read by it: the server started with secrets that were stored nowhere, and
   * everything that it encrypted was lost at its end.
   */
  it('is refused where its name points to nothing', async () => {
    await mkdir(dataDir);
    await symlink(join(above, 'unplugged', 'secrets.json'), file);
    const failure: unknown = await openSecrets(dataDir).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property('code', 'EEXIST');
    expect(await readdir(dataDir)).to.deep.equal(['secrets.json']);
  });

  // After a power failure the file could be missing, or be an older one, although the key in it had wrapped others.
  describe('before it is used', () => {
    /**
     * The order in which names were flushed to the disk: a file, or a folder with or without the file of secrets in it.
     */
    let flushed: string[];
    let restore: () => void;
    let opened: FileHandle[];

    beforeEach(async () => {
      flushed = [];
      opened = [];
      const handle = await open(above, 'r');
      const handles = Object.getPrototypeOf(handle) as FileHandle;
      const { sync } = handles;
      await handle.close();
      handles.sync = async function (this: FileHandle) {
        await sync.call(this);
        opened.push(this);
        const isFolder = (await this.stat()).isDirectory();
        const kept = await readFile(file, 'utf8').catch(() => 'none yet');
        flushed.push(isFolder ? `folder with ${kept}` : `draft with ${await this.readFile('utf8')}`);
      };
      restore = () => {
        handles.sync = sync;
      };
    });
    afterEach(() => restore());

    it('leaves nothing open', async () => {
      await openSecrets(dataDir);
      expect(opened.map(({ fd }) => fd)).to.deep.equal([-1, -1, -1]);
    });

    it('is on the disk with its name, and the folder that was made for it too', async () => {
      await openSecrets(dataDir);
      const kept = await readFile(file, 'utf8');
      expect(flushed).to.deep.equal([`draft with ${kept}`, `folder with ${kept}`, `folder with ${kept}`]);
    });

    it('is on the disk with its name, where another has made it', async () => {
      await openSecrets(dataDir);
      flushed = [];
      await openSecrets(dataDir);
      expect(flushed).to.deep.equal([`folder with ${await readFile(file, 'utf8')}`]);
    });

    it('is on the disk with its new key', async () => {
      await openSecrets(dataDir);
      const [masterKey] = await renewMasterKey(dataDir, () => true);
      const kept = await readFile(file, 'utf8');
      expect(kept).to.include(masterKey);
      expect(flushed.slice(-2)).to.deep.equal([`draft with ${kept}`, `folder with ${kept}`]);
    });
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
      const failure = await openSecrets(dataDir).then(
        () => expect.fail('it was taken'),
        (error: unknown) => error as Error,
      );
      expect(failure.message).to.include('restore it from a backup').and.include(file);
      expect(failure.cause).to.be.instanceOf(Error);
      expect(await readFile(file, 'utf8')).to.equal(text);
    });
});
