import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BundleFault } from '../../../src/domain/audit/bundle-manifest.js';
import { readBundle } from '../../../src/infrastructure/audit/read-bundle.js';
import { packedBundle } from '../../support/packed-bundle.js';
import { forgedArchives } from '../../support/forged-archives.js';

/**
 * A program that reads a ZIP from its beginning, as one that gets it by a pipe does, shows what stands there first. A forged
 * transcript in front of the real ones was verified, and shown.
 */
describe('The file of a bundle', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'bundles-'))));
  after(() => rmSync(folder, { recursive: true }));

  const PARTS: readonly (readonly [string, Buffer])[] = [
    ['transcript.html', Buffer.from('what was written')],
    ['view.ndjson', Buffer.alloc(100_000, 'a')],
    ['log-keys.txt', Buffer.alloc(0)],
  ];
  const read = (bytes: Buffer) => {
    const path = join(folder, 'bundle.zip');
    writeFileSync(path, bytes);
    return readBundle(path);
  };
  const refusal = (bytes: Buffer): Promise<unknown> =>
    read(bytes).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('is read part by part', async () =>
    expect([...(await read(await packedBundle(PARTS)))]).to.deep.equal([...new Map(PARTS)]));

  it('holds nothing that another program could show as one of its parts', async () => {
    for (const [name, bytes] of await forgedArchives(await packedBundle(PARTS)))
      expect(await refusal(bytes), name).to.be.instanceOf(BundleFault);
  });

  it('has no part twice', async () =>
    expect(await refusal(await packedBundle([...PARTS, ...PARTS])))
      .to.be.instanceOf(BundleFault)
      .with.property('message', 'transcript.html is in the bundle twice'));
});
