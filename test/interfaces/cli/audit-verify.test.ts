import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { formatVerifierKey } from '../../../src/domain/audit/signed-note.js';
import { sha256 } from '../../support/audit-crypto.js';
import { bundleScene, changeLine, listAnew, VERIFIER_KEY, type Bundle } from '../../support/bundle-scene.js';
import { chatappHere } from '../../support/cli.js';
import { noteSigner, witness } from '../../support/note-signer.js';
import { packedBundle } from '../../support/packed-bundle.js';

const WITNESS = formatVerifierKey(sha256, witness('witness.example', 9).key);

describe('chatapp audit verify', () => {
  let folder: string;
  let path: string;
  let bundle: Bundle;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    path = join(folder, 'bundle.zip');
    bundle = await (await bundleScene()).range(6, 30);
  });
  after(() => rmSync(folder, { recursive: true }));

  const verify = async (files: Iterable<readonly [string, Buffer]>, ...args: string[]) => {
    writeFileSync(path, await packedBundle(files));
    return chatappHere({}, 'audit', 'verify', path, ...args);
  };

  it('says what a bundle proves, without a server', async () => {
    const { code, out } = await verify(bundle, '--key', VERIFIER_KEY, '--witness', WITNESS);
    expect(code).to.equal(0);
    expect(out.split('\n')).to.deep.equal([
      'verified: 9 events in the log example.org/chat of 11 events',
      'they are all events from position 6 to 30: none is left out',
      '5 are opened with their own keys, 2 stay sealed',
      'witness.example saw this log on 2027-01-15T08:00:00.000Z',
      '',
    ]);
  });

  it('says it as JSON', async () => {
    const { out } = await verify(bundle, '--key', VERIFIER_KEY, '--json');
    expect(JSON.parse(out)).to.deep.equal({
      scope: { kind: 'range', from: '6', to: '30' },
      complete: true,
      events: 9,
      opened: 5,
      closed: 2,
      origin: 'example.org/chat',
      size: 11,
      witnessed: [],
    });
  });

  it('says what is wrong with a bundle that was changed', async () => {
    const changed: Bundle = new Map(bundle);
    changeLine(changed, 'keys.ndjson', 0, (line: object) => ({ ...line, key: 'A'.repeat(43) + '=' }));
    listAnew(changed);
    const { code, out, err } = await verify(changed, '--key', VERIFIER_KEY);
    expect([code, out]).to.deep.equal([3, '']);
    expect(err).to.equal(
      'chatapp: the bundle is not proven: the piece was sealed with another key, or in another place\n',
    );
  });

  for (const [what, files, args, expected, message] of [
    ['a name is in it twice', (of: Bundle) => [...of, ...of], ['--key', VERIFIER_KEY], 3, 'is in the bundle twice'],
    [
      'a witness has not signed',
      (of: Bundle) => of,
      ['--key', VERIFIER_KEY, '--witness', formatVerifierKey(sha256, witness('other.example', 8).key)],
      3,
      '0 witnesses have signed, and 1 must have',
    ],
    [
      'the log has another key',
      (of: Bundle) => of,
      ['--key', formatVerifierKey(sha256, noteSigner('example.org/chat', 2).key)],
      3,
      'no key of the log has signed the checkpoint',
    ],
    ['the key is none', (of: Bundle) => of, ['--key', 'none'], 1, 'none is no verifier key'],
    ['no key is given', (of: Bundle) => of, [], 1, 'give it by --key'],
  ] as const)
    it(`refuses it where ${what}`, async () => {
      const { code, err } = await verify(files(bundle), ...args);
      expect(code).to.equal(expected);
      expect(err).to.include(message);
    });

  it('refuses what is no ZIP, and what is not there', async () => {
    writeFileSync(path, 'no ZIP');
    for (const file of [path, join(folder, 'none.zip')]) {
      const { code, err } = await chatappHere({}, 'audit', 'verify', file, '--key', VERIFIER_KEY);
      expect(code, file).to.equal(1);
      expect(err).to.match(/^chatapp: .+/);
    }
  });
});
