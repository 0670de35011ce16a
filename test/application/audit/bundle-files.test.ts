import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BundleFault } from '../../../src/domain/audit/bundle-manifest.js';
import { parseVerifierKey } from '../../../src/domain/audit/signed-note.js';
import { verifyBundle } from '../../../src/domain/audit/verify-bundle.js';
import { nodeCrypto, sha256 } from '../../support/audit-crypto.js';
import { bundleScene, VERIFIER_KEY, type Bundle } from '../../support/bundle-scene.js';
import { isAlike, manipulated } from '../../support/manipulations.js';
import { packedBundle } from '../../support/packed-bundle.js';
import { nodeSealCrypto } from '../../support/seal-crypto.js';

const key = parseVerifierKey(sha256, VERIFIER_KEY);
const verify = (bundle: Bundle) =>
  verifyBundle({ ...nodeCrypto, ...nodeSealCrypto }, bundle, { origin: key.name, keys: [key] });

const PYTHON = fileURLToPath(new URL('../../../docs/audit/verify.py', import.meta.url));
/** Verifies many bundles in one process, and answers what is said of each. */
const IN_ONE_PROCESS = `
import importlib.util, json, sys
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("verify", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
def said(path):
    try:
        return "verified: " + module.verify(path, sys.argv[2])
    except Exception as error:
        return "not verified: " + (str(error) or type(error).__name__)
print(json.dumps([said(path) for path in sys.argv[3:]]))
`;

describe('A bundle of an audit', () => {
  let scene: Awaited<ReturnType<typeof bundleScene>>;
  let bundle: Bundle;
  before(async () => {
    scene = await bundleScene();
    bundle = await scene.range(6, 30);
  });
  const textOf = (of: Bundle, name: string): string => of.get(name)!.toString();

  it('proves that the events of a range are in the log, and that none is left out', () => {
    const report = verify(bundle);
    expect(report).to.include({ complete: true, events: 9, opened: 5, closed: 2 });
    expect(report.scope).to.deep.equal({ kind: 'range', from: '6', to: '30' });
    expect(report.checkpoint.size).to.equal(11);
  });

  it('proves a range that ends with the log, one that has one event, and one between two positions that has none', async () => {
    for (const [from, to, events] of [
      [0, 99, 11],
      [9, 9, 1],
      [7, 8, 0],
      [1, 2, 0],
      [34, 99, 0],
    ] as const)
      expect(verify(await scene.range(from, to)), `${from} to ${to}`).to.include({ complete: true, events });
  });

  it('proves events that were chosen, and says that others may be left out', async () =>
    expect(verify(await scene.chosen(2, 3, 7))).to.include({ complete: false, events: 3, opened: 2, closed: 1 }));

  it('shows texts, and says of each that is not shown why', () => {
    const transcript = textOf(bundle, 'transcript.html');
    expect(transcript).to.include('Hello &lt;b&gt;Ada&lt;/b&gt; &amp; &quot;Bob&quot;');
    expect(transcript).to.include('[erased]').and.to.include('[withheld]').and.not.to.include('gone');
    expect(transcript).not.to.match(/<script|src=|href=/);
  });

  it('holds the keys of the events that it shows alone, and none of what serves to check a password', () => {
    const indexes = textOf(bundle, 'keys.ndjson')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { index: number }).index);
    expect(indexes).to.deep.equal([1, 2, 3, 4, 5]);
    expect(textOf(bundle, 'view.ndjson')).not.to.include('passwordHash');
    expect(textOf(bundle, 'events.ndjson')).not.to.include('after the range');
  });

  it('is refused however it is changed', () => {
    const changed = manipulated(bundle, scene);
    expect(changed.size).to.be.at.least(20);
    for (const [name, each] of changed) {
      expect(isAlike(each, bundle), name).to.equal(false);
      expect(() => verify(each), name).to.throw(BundleFault);
    }
  });

  describe('is verified by a program of another language', () => {
    let folder: string;
    before(function findPython() {
      try {
        execFileSync('python3', ['--version']);
      } catch {
        this.skip(); // There is no python3 here.
      }
      folder = mkdtempSync(join(tmpdir(), 'bundles-'));
    });
    after(() => folder && rmSync(folder, { recursive: true }));

    const said = async (bundles: readonly Bundle[]): Promise<string[]> => {
      const paths = await Promise.all(
        bundles.map(async (each, at) => {
          const path = join(folder, `${at}.zip`);
          writeFileSync(path, await packedBundle(each));
          return path;
        }),
      );
      const given = ['-c', IN_ONE_PROCESS, PYTHON, VERIFIER_KEY, ...paths];
      return JSON.parse(execFileSync('python3', given, { encoding: 'utf8' })) as string[];
    };

    it('alike, where it is right', async () => {
      const right = [bundle, await scene.range(0, 99), await scene.range(7, 8), await scene.chosen(2, 3, 7)];
      expect(await said(right)).to.deep.equal([
        'verified: 9 events are in the log of 11, 5 are opened with their keys; no event of the range is left out',
        'verified: 11 events are in the log of 11, 6 are opened with their keys; no event of the range is left out',
        'verified: 0 events are in the log of 11, 0 are opened with their keys; no event of the range is left out',
        'verified: 3 events are in the log of 11, 2 are opened with their keys; that none is left out is not proven',
      ]);
    });

    it('and refused, however it is changed', async () => {
      const changed = manipulated(bundle, scene);
      const names = [...changed.keys()];
      const answers = await said([...changed.values()]);
      expect(names.filter((_, at) => !answers[at]?.startsWith('not verified: '))).to.deep.equal([]);
    });
  });
});
