import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BundleFault } from '../../../src/domain/audit/bundle-manifest.js';
import { parseVerifierKey } from '../../../src/domain/audit/signed-note.js';
import { STRETCH_LEAVES } from '../../../src/domain/audit/subject-tree.js';
import { verifyBundle } from '../../../src/domain/audit/verify-bundle.js';
import { nodeCrypto, sha256 } from '../../support/audit-crypto.js';
import { listAnew, VERIFIER_KEY, type Bundle } from '../../support/bundle-scene.js';
import { bob, conversationNumber } from '../../support/ids.js';
import { isAlike } from '../../support/manipulations.js';
import { packedBundle } from '../../support/packed-bundle.js';
import { hasPython, saidByPython } from '../../support/python-verifier.js';
import { nodeSealCrypto } from '../../support/seal-crypto.js';
import { manipulatedSubject } from '../../support/subject-manipulations.js';
import { CONVERSATION, OWN, subjectScene } from '../../support/subject-scene.js';

const key = parseVerifierKey(sha256, VERIFIER_KEY);
const verify = (bundle: Bundle) =>
  verifyBundle({ ...nodeCrypto, ...nodeSealCrypto }, bundle, { origin: key.name, keys: [key] });

const LONG_MS = 120_000;

describe('A bundle of a conversation or a user', function () {
  this.timeout(LONG_MS);
  let scene: Awaited<ReturnType<typeof subjectScene>>;
  let bundle: Bundle;
  /** Its index is in a stream into which others than the server write. */
  let elsewhere: Bundle;
  before(async () => {
    scene = await subjectScene();
    bundle = await scene.bundleOf();
    elsewhere = await (await subjectScene({ stream: 'message-x' })).bundleOf();
  });

  it('proves that no event of it is left out, by an index that is under the tree', () => {
    const report = verify(bundle);
    expect(report).to.include({ complete: true, events: OWN.length + 2 });
    expect(report.scope).to.deep.equal({ ...CONVERSATION, begin: 0, end: scene.indexed });
  });

  it('tells in the transcript of whom it is, and nothing of the index', () => {
    const transcript = bundle.get('transcript.html')!.toString();
    expect(transcript).to.include(`All events of the conversation ${CONVERSATION.id}, from leaf 0 of the log`);
    expect(transcript).not.to.include('Subjects indexed');
  });

  it('proves a part of the leaves, another subject, and that one has nothing at all', async () => {
    const part = verify(await scene.bundleOf(CONVERSATION, { begin: 3, end: 5, more: [] }));
    expect(part).to.include({ complete: true, events: 3 });
    expect(verify(await scene.bundleOf({ kind: 'user', id: bob }))).to.include({ complete: true, events: 6 });
    const nothing = await scene.bundleOf({ kind: 'conversation', id: conversationNumber(99) }, { more: [] });
    expect(verify(nothing)).to.include({ complete: true, events: 1 });
  });

  it('names the others of its slot by hashes alone', () => {
    const text = bundle.get('index.ndjson')!.toString();
    for (const id of [bob, CONVERSATION.id]) expect(text).not.to.include(id);
  });

  it('is refused however it is changed', async () => {
    for (const [name, each] of await manipulatedSubject(bundle, scene)) {
      expect(isAlike(each, bundle), name).to.equal(false);
      expect(() => verify(each), name).to.throw(BundleFault);
    }
  });

  it('is refused where its index is in another stream than those of the server', () =>
    expect(() => verify(elsewhere)).to.throw('an index is that of no event that is shown'));

  describe('over several indexes', () => {
    let long: Awaited<ReturnType<typeof subjectScene>>;
    const far = [...OWN, STRETCH_LEAVES - 1, STRETCH_LEAVES, STRETCH_LEAVES + 2];
    before(async () => {
      long = await subjectScene({ padding: STRETCH_LEAVES, own: far });
    });

    it('is proven by all of them', async () => {
      expect(verify(await long.bundleOf())).to.include({ complete: true, events: far.length + 3 });
      const behind = { begin: STRETCH_LEAVES, end: long.indexed, more: [] };
      expect(verify(await long.bundleOf(CONVERSATION, behind))).to.include({ complete: true, events: 3 });
    });

    it('is refused where one of them is left out', async () => {
      for (const at of [0, 1]) {
        const changed = new Map(await long.bundleOf());
        const lines = changed.get('index.ndjson')!.toString().split('\n').slice(0, -1);
        changed.set('index.ndjson', Buffer.from(`${lines[1 - at]}\n`));
        listAnew(changed);
        expect(() => verify(changed), String(at)).to.throw('the indexes do not cover');
      }
    });
  });

  it('is judged alike by the verifier in Python', async function () {
    if (!hasPython()) this.skip(); // There is no python3 here.
    const folder = mkdtempSync(join(tmpdir(), 'subjects-'));
    try {
      const nothing = await scene.bundleOf({ kind: 'conversation', id: conversationNumber(99) }, { more: [] });
      const changed = [...(await manipulatedSubject(bundle, scene)), ['an index elsewhere', elsewhere] as const];
      const paths: string[] = [];
      const ofBob = await scene.bundleOf({ kind: 'user', id: bob });
      for (const [at, each] of [bundle, nothing, ofBob, ...changed.map(([, of]) => of)].entries()) {
        paths.push(join(folder, `${at}.zip`));
        writeFileSync(paths.at(-1) ?? '', await packedBundle(each));
      }
      const [right, empty, named, ...refused] = saidByPython(VERIFIER_KEY, paths);
      expect(right).to.equal(
        'verified: 6 events are in the log of 12, 4 are opened with their keys; no event of the conversation is left out',
      );
      expect(empty).to.match(/^verified: 1 events .* no event of the conversation is left out$/);
      expect(named).to.match(/^verified: 6 events .* no event of the user is left out$/);
      const taken = changed.filter((_, at) => !refused[at]?.startsWith('not verified: ')).map(([name]) => name);
      expect(taken).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
