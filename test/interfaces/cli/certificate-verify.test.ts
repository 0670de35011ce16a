import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CERTIFICATE_KEY, certifiedLog, signed, WITNESS_KEY } from '../../support/certificate-scene.js';
import { chatappHere } from '../../support/cli.js';
import { ada, at, bob } from '../../support/ids.js';

describe('chatapp audit verify certificate.txt', () => {
  let folder: string;
  let path: string;
  const certificate = signed(certifiedLog().certificate);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'certificate-'));
    path = join(folder, 'certificate.txt');
  });
  after(() => rmSync(folder, { recursive: true }));

  const verify = (text: string, ...args: string[]) => {
    writeFileSync(path, text);
    return chatappHere({}, 'audit', 'verify', path, ...args);
  };

  it('says what it proves, without a server', async () => {
    const { code, out, err } = await verify(certificate, '--key', CERTIFICATE_KEY, '--witness', WITNESS_KEY);
    expect(code, err).to.equal(0);
    expect(out.split('\n')).to.deep.equal([
      `verified: user ${ada} was erased on ${at(900)} by user ${bob}`,
      'event 26 in the log example.org/chat of 30 events says so',
      'the log of 20 events that was signed before grew into the one of 30: nothing was changed by it',
      `the log states that these keys were destroyed on ${at(901)}: 0123456789abcdef0123456789abcdef`,
      `and that no page of its database holds them since ${at(910)}`,
      'witness.example saw this log on 2027-01-15T08:00:00.000Z',
      '',
    ]);
  });

  it('says it as JSON', async () => {
    const { out } = await verify(certificate, '--key', CERTIFICATE_KEY, '--json');
    expect(JSON.parse(out)).to.include({ userId: ada, erasedBy: bob, size: 30, position: '26', grownFrom: 20 });
  });

  it('is not fooled by a changed one, and asks for a key', async () => {
    const changed = await verify(certificate.replace(at(901), at(902)), '--key', CERTIFICATE_KEY);
    expect(changed).to.include({ code: 3, out: '' });
    expect(changed.err).to.include('the certificate is not proven');
    const keyless = await verify(certificate);
    expect(keyless).to.include({ code: 1, out: '' });
    expect(keyless.err).to.include('--key');
  });
});
