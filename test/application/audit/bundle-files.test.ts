import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BundleFault } from '../../../src/domain/audit/bundle-manifest.js';
import { parseVerifierKey } from '../../../src/domain/audit/signed-note.js';
import { verifyBundle } from '../../../src/domain/audit/verify-bundle.js';
import { nodeCrypto, sha256 } from '../../support/audit-crypto.js';
import { fact } from '../../support/events.js';
import { ada, bob } from '../../support/ids.js';
import {
  bundleScene,
  changeLine,
  changeLines,
  listAnew,
  VERIFIER_KEY,
  type Bundle,
} from '../../support/bundle-scene.js';
import { forgedArchives } from '../../support/forged-archives.js';
import { isAlike, manipulated, tellAnew } from '../../support/manipulations.js';
import { packedBundle } from '../../support/packed-bundle.js';
import { hasPython, saidByPython } from '../../support/python-verifier.js';
import { nodeSealCrypto } from '../../support/seal-crypto.js';

const key = parseVerifierKey(sha256, VERIFIER_KEY);
const verify = (bundle: Bundle) =>
  verifyBundle({ ...nodeCrypto, ...nodeSealCrypto }, bundle, { origin: key.name, keys: [key] });

/** Makes the bundle of a server that stored a sealed piece that its key does not open, and says all the same what is in it. */
const withPiece = async (forged: (stored: string) => string): Promise<Bundle> => {
  const scene = await bundleScene((event) =>
    event.data.includes(bob) ? { ...event, data: Buffer.from(forged(event.data.toString())) } : event,
  );
  const bundle = await scene.range(6, 30);
  changeLines(bundle, 'keys.ndjson', (lines) => [
    ...lines,
    JSON.stringify({ index: 7, key: Buffer.from(scene.forgotten).toString('base64') }),
  ]);
  changeLine(bundle, 'view.ndjson', 6, (line: { data: object }) => ({
    ...line,
    data: { ...line.data, text: 'gone' },
    closed: null,
  }));
  tellAnew(bundle);
  listAnew(bundle);
  return bundle;
};

/** The cipher alone opens such a piece, and could open it to another text with another key. */
const withOtherCommitment = () => withPiece((stored) => stored.replace(/"2\..{8}/, '"2.AAAAAAAA'));
const withOtherTag = () => withPiece((stored) => stored.replace(/("2\.[^"]+)[^"]{4}"/, '$1AAAA"'));

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

  it('names users, and shows which of their ids is proven', () => {
    const transcript = textOf(bundle, 'transcript.html');
    expect(transcript).to.include(`<td><bdi>ada</bdi><br><small>${ada}</small></td>`);
    expect(transcript).to.include('<bdi>bob &amp; &lt;i&gt;co&lt;/i&gt;</bdi>');
    expect(transcript).to.include('All events from position 6 to position 30: none is left out.');
    expect(transcript).to.include(`media/${fact('MediaUploaded').data.mediaId}`);
  });

  it('shows what cannot be read with its bytes, and does not fail by it', async () => {
    for (const bytes of ['{"what":', '[1]', 'null', '"text"']) {
      const other = await bundleScene((event) =>
        event.type === 'MessageEdited' ? { ...event, data: Buffer.from(bytes), metadata: Buffer.from('{') } : event,
      );
      const made = await other.range(6, 30);
      expect(verify(made), bytes).to.include({ events: 9, opened: 4, closed: 3 });
      expect(textOf(made, 'transcript.html')).to.include('[cannot be read]');
    }
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

  /** Of two fields of one name, some programs show the first one. */
  const withScopeTwice = (): Bundle => {
    const manifest = bundle.get('manifest.json')!.toString();
    const other = '{"scope":{"kind":"range","from":"1","to":"99"},';
    return new Map([...bundle, ['manifest.json', Buffer.from(manifest.replace('{', other))]]);
  };

  it('is refused where its manifest says something twice', () =>
    expect(() => verify(withScopeTwice())).to.throw(BundleFault, 'the manifest has a field twice'));

  describe('is verified by a program of another language', () => {
    let folder: string;
    before(function findPython() {
      if (!hasPython()) this.skip(); // There is no python3 here.
      folder = mkdtempSync(join(tmpdir(), 'bundles-'));
    });
    after(() => folder && rmSync(folder, { recursive: true }));

    const saidOf = (archives: readonly Buffer[]): string[] => {
      const paths = archives.map((_, at) => join(folder, `${at}.zip`));
      for (const [at, bytes] of archives.entries()) writeFileSync(paths[at] ?? '', bytes);
      return saidByPython(VERIFIER_KEY, paths);
    };
    const said = async (bundles: readonly Iterable<readonly [string, Buffer]>[]): Promise<string[]> =>
      saidOf(await Promise.all(bundles.map(packedBundle)));

    it('alike, where it is right', async () => {
      const right = [bundle, await scene.range(0, 99), await scene.range(7, 8), await scene.chosen(2, 3, 7)];
      expect(await said(right)).to.deep.equal([
        'verified: 9 events are in the log of 11, 5 are opened with their keys; no event of the range is left out',
        'verified: 11 events are in the log of 11, 6 are opened with their keys; no event of the range is left out',
        'verified: 0 events are in the log of 11, 0 are opened with their keys; no event of the range is left out',
        'verified: 3 events are in the log of 11, 2 are opened with their keys; that none is left out is not proven',
      ]);
    });

    it('alike, where something cannot be read', async () => {
      const other = await bundleScene((event) =>
        event.type === 'MessageEdited' ? { ...event, data: Buffer.from('[1]'), metadata: Buffer.from('{') } : event,
      );
      expect(await said([await other.range(6, 30)])).to.deep.equal([
        'verified: 9 events are in the log of 11, 4 are opened with their keys; no event of the range is left out',
      ]);
    });

    it('and refused, as by the first one, where the log itself holds a piece that does not commit to its key', async () => {
      const forged = await withOtherCommitment();
      expect(() => verify(forged)).to.throw(BundleFault, 'with another key');
      expect(await said([forged])).to.deep.equal([
        'not verified: a piece was sealed with another key, or in another place',
      ]);
    });

    it('and refused, as by the first one, where such a piece was changed behind its text', async () => {
      const forged = await withOtherTag();
      expect(() => verify(forged)).to.throw(BundleFault);
      expect(await said([forged])).to.deep.equal(['not verified: what is sealed was changed']);
    });

    it('and refused, where a name is in it twice', async () => {
      const [answer] = await said([[...bundle, ['log-keys.txt', bundle.get('log-keys.txt')!]]]);
      expect(answer).to.equal('not verified: log-keys.txt is in it twice, or is there otherwise than listed');
    });

    it('and refused, where other programs see other parts, or another scope', async () => {
      const forged = await forgedArchives(await packedBundle(bundle));
      const answers = saidOf([...forged.values(), await packedBundle(withScopeTwice())]);
      expect(answers.at(-1)).to.match(/^not verified: a field is there twice/);
      const taken = [...forged.keys()].filter((_, at) => !answers[at]?.startsWith('not verified: '));
      expect(taken).to.deep.equal([]);
    });

    it('and refused, however it is changed', async () => {
      const changed = manipulated(bundle, scene);
      const names = [...changed.keys()];
      const answers = await said([...changed.values()]);
      expect(names.filter((_, at) => !answers[at]?.startsWith('not verified: '))).to.deep.equal([]);
    });
  });
});
