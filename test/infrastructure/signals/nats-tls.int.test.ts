import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { describeOnNats, type NatsServer } from '../../support/nats.js';
import { natsScene } from '../../support/nats-nodes.js';
import { isExecutable, onPath } from '../../support/programs.js';

const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' });

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

/** Makes somebody who signs certificates. */
const makeAuthority = async (folder: string, name: string): Promise<void> => {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  openssl('req', '-x509', ...KEY, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert);
};

/** Makes a certificate for a server of this name. */
const makeCertificate = async (folder: string, name: string): Promise<void> => {
  const file = (end: string) => join(folder, `server.${end}`);
  openssl('req', ...KEY.slice(0, -2), '-subj', '/CN=nats', '-keyout', file('key'), '-out', file('csr'));
  await writeFile(file('ext'), `subjectAltName=${name}\n`);
  const signer = ['-CA', join(folder, 'ca.crt'), '-CAkey', join(folder, 'ca.key'), '-CAcreateserial'];
  openssl('x509', '-req', '-in', file('csr'), ...signer, '-days', '2', '-extfile', file('ext'), '-out', file('crt'));
};

describeOnNats('Signals over NATS with TLS', () => {
  const { serve, joined, untilHeard, refusalsOf } = natsScene();
  let folder = '';
  before(async function () {
    if (!onPath('openssl').some(isExecutable)) this.skip(); // It makes the certificates.
    folder = await mkdtemp(join(tmpdir(), 'chatapp-tls-'));
    await makeAuthority(folder, 'ca');
    await makeAuthority(folder, 'stranger');
  });
  after(async () => {
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  const secured = async (name: string): Promise<NatsServer> => {
    await makeCertificate(folder, name);
    const [cert, key] = [`${folder}/server.crt`, `${folder}/server.key`];
    return serve({ settings: `tls { cert_file: "${cert}", key_file: "${key}" }` });
  };
  const caFile = () => join(folder, 'ca.crt');

  for (const [name, host] of [
    ['DNS:localhost', 'localhost'],
    ['IP:127.0.0.1', '127.0.0.1'],
  ] as const)
    it(`go to a server whose certificate names ${name}`, async () => {
      const url = (await secured(name)).url.replace('nats://127.0.0.1', `tls://${host}`);
      const [ada, bob] = [await joined(url, { caFile: caFile() }), await joined(url, { caFile: caFile() })];
      await untilHeard(ada, bob, 'news');
      expect(ada.logged).to.deep.equal([]);
    });

  // The client compares an IP with the name localhost.
  it('go to no server whose certificate names another', async () => {
    for (const [name, host] of [
      ['DNS:localhost', '127.0.0.1'],
      ['IP:127.0.0.1', 'localhost'],
      ['DNS:other.example', 'localhost'],
      ['IP:127.0.0.2', '127.0.0.1'],
    ] as const) {
      const url = (await secured(name)).url.replace('nats://127.0.0.1', `tls://${host}`);
      expect(await refusalsOf(url, { caFile: caFile() }), `${name} for ${host}`).to.match(/altnames/);
    }
  });

  it('go to no server whose certificate nobody knows signed', async () => {
    const url = (await secured('DNS:localhost')).url.replace('nats://127.0.0.1', 'tls://localhost');
    for (const options of [{}, { caFile: join(folder, 'stranger.crt') }])
      expect(await refusalsOf(url, options)).to.match(/unable to verify|self-signed/);
  });

  it('never go in the open where TLS was asked for, and say so where the server asks for it', async () => {
    const [open, secure] = [await serve(), await secured('IP:127.0.0.1')];
    expect(await refusalsOf(open.url.replace('nats', 'tls'))).to.match(/server does not support 'tls'/);
    expect(await refusalsOf(secure.url)).to.match(/asks for TLS: write tls:/);
  });

  it('say when the file of certificates is not there', async () => {
    const { url } = await serve();
    const missing = join(folder, 'missing.crt');
    expect(await refusalsOf(url.replace('nats', 'tls'), { caFile: missing })).to.contain(missing);
  });
});
