import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import {
  compareLabels,
  EMPTY,
  entryHash,
  labelOf,
  levelsAbove,
  pathBelow,
  rootBelow,
  rootOfPath,
  SLOT_BITS,
  type SlotEntry,
} from '../../../src/domain/audit/subject-tree.js';
import { sha256 } from '../../support/audit-crypto.js';
import { ada, bob } from '../../support/ids.js';

const sorted = (entries: SlotEntry[]): SlotEntry[] =>
  entries.sort((one, other) => compareLabels(one.label, other.label));
const entries = (count: number): SlotEntry[] =>
  sorted(Array.from({ length: count }, () => ({ label: randomBytes(32), hash: randomBytes(32) })));

describe('The tree of subjects', () => {
  it('leads from every slot, taken or empty, to one root', () => {
    for (const count of [0, 1, 2, 50]) {
      const all = entries(count);
      const root = rootBelow(sha256, all, 0);
      for (const label of [...all.map((each) => each.label), randomBytes(32)]) {
        const path = pathBelow(sha256, all, label, 0);
        expect(path.siblings).to.have.length(SLOT_BITS);
        expect(rootOfPath(sha256, label, path)).to.deep.equal(root);
      }
    }
  });

  it('has another root where an entry is another, is left out, or is in another slot', () => {
    const all = entries(20);
    const root = rootBelow(sha256, all, 0);
    const [first, ...rest] = all as [SlotEntry, ...SlotEntry[]];
    for (const other of [
      rest,
      [{ ...first, hash: randomBytes(32) }, ...rest],
      sorted([{ ...first, label: randomBytes(32) }, ...rest]),
    ])
      expect(rootBelow(sha256, other, 0)).not.to.deep.equal(root);
    expect(rootBelow(sha256, [], 0)).to.deep.equal(EMPTY);
  });

  it('holds several entries in one slot, where their labels begin alike', () => {
    const label = randomBytes(32);
    const beside = Buffer.from(label);
    beside[31] = (beside[31] ?? 0) ^ 1;
    const all = sorted([label, beside].map((each) => ({ label: each, hash: randomBytes(32) })));
    const path = pathBelow(sha256, all, label, 0);
    expect(path.slot).to.deep.equal(all);
    const root = rootBelow(sha256, all, 0);
    expect(rootOfPath(sha256, label, path)).to.deep.equal(root);
    expect(rootOfPath(sha256, label, { ...path, slot: path.slot.slice(1) })).not.to.deep.equal(root);
  });

  it('is the same made in parts as at once', () => {
    const all = entries(300);
    const parts = Array.from({ length: 16 }, (_, part) =>
      rootBelow(
        sha256,
        all.filter(({ label }) => (label[0] ?? 0) >> 4 === part),
        4,
      ),
    );
    expect(levelsAbove(sha256, parts).at(-1)?.[0]).to.deep.equal(rootBelow(sha256, all, 0));
  });

  it('names a subject by its kind and id, and hides its leaves', () => {
    const labels = [
      { kind: 'user', id: ada } as const,
      { kind: 'user', id: bob } as const,
      { kind: 'conversation', id: ada } as const,
    ].map((subject) => Buffer.from(labelOf(sha256, subject)).toString('hex'));
    expect(new Set(labels).size).to.equal(3);
    const [label, blind] = [randomBytes(32), randomBytes(32)];
    const hashes = [
      { blind, leaves: [1, 2] },
      { blind, leaves: [1] },
      { blind, leaves: [2, 1] },
      { blind: randomBytes(32), leaves: [1, 2] },
    ].map((own) => Buffer.from(entryHash(sha256, label, own)).toString('hex'));
    expect(new Set(hashes).size).to.equal(4);
  });

  it('refuses a way of another length', () => {
    const path = pathBelow(sha256, [], randomBytes(32), 0);
    for (const siblings of [path.siblings.slice(1), [...path.siblings, EMPTY]])
      expect(() => rootOfPath(sha256, randomBytes(32), { ...path, siblings })).to.throw(RangeError);
  });
});
