import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startApp } from '../support/app.js';
import { chatapp } from '../support/cli.js';
import { logIn, send, signUp } from '../support/signed-up.js';

describe('the command-line tool on an embedded database', () => {
  let dataDir: string;
  const none = { DATABASE_URL: '', JWT_SECRET: '', MASTER_KEY: '' };

  before(async () => (dataDir = await mkdtemp(join(tmpdir(), 'chatapp-cli-'))));
  after(() => rm(dataDir, { recursive: true, force: true }));

  it('works beside the server, without it, and changes the master key of both', async function () {
    this.timeout(120_000);
    const own = { ...none, DATA_DIR: dataDir };
    const server = await startApp({ dataDir, env: none });
    const eve = await signUp(server, 'eve');
    expect((await chatapp(own, 'users', 'grant', 'eve', 'auditor')).code).to.equal(0);
    const shell = await chatapp(own, 'psql', '-c', 'show listen_addresses', '--json');
    expect([shell.code, shell.out], shell.err).to.deep.equal([
      0,
      JSON.stringify([{ listen_addresses: process.platform === 'win32' ? '127.0.0.1' : '' }], null, 2) + '\n',
    ]);
    const before = await readFile(join(dataDir, 'secrets.json'), 'utf8');
    const rotated = await chatapp(own, 'keys', 'rotate');
    expect(rotated.code, rotated.err).to.equal(0);
    expect(await readFile(join(dataDir, 'secrets.json'), 'utf8')).not.to.equal(before);
    // The running server goes on with the keys that it has, and makes new ones with the new master key.
    const frank = await signUp(server, 'frank');
    const { conversationId } = await send(server, frank, { recipientId: eve.userId, text: 'after the change' });
    expect(await server.stop()).to.equal(0);
    const alone = await chatapp(own, 'log', 'tail', '--type', 'MessageSent', '--json', '--reason', 'A test');
    expect(alone.code, alone.err).to.equal(0);
    expect(alone.out).to.include('after the change').and.to.include(conversationId);
    const again = await startApp({ dataDir, env: none });
    await logIn(again, eve);
    await again.stop();
  });
});
