import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startApp, type RunningApp } from '../support/app.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { formOf, upload } from '../support/upload.js';

const run = promisify(execFile);

const MEBIBYTE = 1_048_576;
const DISK = 'size=8m';

describe('files on a disk that is full', () => {
  let app: RunningApp;
  let ada: SignedUp;
  let media: string;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    ada = await signUp(app, 'ada');
    media = join(app.dataDir, 'media');
    await mkdir(media, { recursive: true });
    // A small disk of its own is mounted there, which root alone may do, and in Linux.
    const isMounted = await run('mount', ['-t', 'tmpfs', '-o', DISK, 'tmpfs', media]).then(
      () => true,
      () => false,
    );
    if (!isMounted) this.skip();
  });
  after(async () => {
    await run('umount', [media]).catch(() => undefined); // Nothing was mounted.
    await app.stop();
  });

  it('are refused by name, leave nothing behind, and keep nobody from anything else', async () => {
    const content = new Uint8Array(20 * MEBIBYTE);
    const { raw: body, headers } = formOf({ content, fileName: 'large.bin' });
    const Authorization = `Bearer ${ada.accessToken}`;
    const answer = await fetch(`${app.url}/media/v1`, { method: 'POST', body, headers: { ...headers, Authorization } });
    expect(await answer.json()).to.include({ status: 507, code: 'storage_full' });
    const left = await readdir(media, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).to.deep.equal([]);
    expect((await upload(app, ada, 'a small one')).size).to.equal(11);
    await send(app, ada, { recipientId: (await signUp(app, 'bob')).userId, text: 'still here' });
    expect(app.output()).to.contain('the disk has no room for files');
  });
});
