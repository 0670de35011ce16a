import { expect } from 'chai';
import { hashLeaf } from '../../../src/domain/audit/merkle-tree.js';
import { hiddenRanges, rootOfShown } from '../../../src/domain/audit/multi-proof.js';
import { ProofFault } from '../../../src/domain/audit/verify-proofs.js';
import { sha256 } from '../../support/audit-crypto.js';
import { MerkleLog, numberedLeaves } from '../../support/merkle-log.js';

const logOf = (size: number): MerkleLog => new MerkleLog().add(numberedLeaves(size));
const shown = (log: MerkleLog, indexes: readonly number[]) =>
  indexes.map((index) => ({ index, hash: hashLeaf(sha256, log.leaves[index]!) }));
const rootOf = (log: MerkleLog, indexes: readonly number[]) =>
  rootOfShown(sha256, log.size, shown(log, indexes), log.rootsOf(hiddenRanges(indexes, log.size)));

describe('one proof of several leaves', () => {
  it('leads to the root for every choice of leaves', () => {
    for (let size = 1; size <= 9; size += 1) {
      const log = logOf(size);
      for (let choice = 1; choice < 2 ** size; choice += 1) {
        const indexes = Array.from({ length: size }, (_, index) => index).filter((index) => (choice >> index) & 1);
        expect(rootOf(log, indexes), `${size}: ${indexes.join()}`).to.deep.equal(log.head().root);
      }
    }
  });

  it('leads to the root in a log that is larger than a tile', () => {
    const log = logOf(70_000);
    for (const indexes of [[0], [69_999], [255, 256, 257], [3, 65_535, 65_536, 69_998]])
      expect(rootOf(log, indexes)).to.deep.equal(log.head().root);
  });

  it('is no larger than the proofs of its edges where the leaves stand beside one another', () => {
    const range = Array.from({ length: 1_000 }, (_, at) => 30_000 + at);
    expect(hiddenRanges(range, 1_000_000)).to.have.length.at.most(2 * 20);
  });

  it('leads to another root where a leaf is another, or one of another number', () => {
    const log = logOf(8);
    const proof = log.rootsOf(hiddenRanges([2, 5], 8));
    const [one, other] = shown(log, [2, 5]);
    const { root } = log.head();
    expect(rootOfShown(sha256, 8, [one!, other!], proof)).to.deep.equal(root);
    for (const wrong of [
      [{ ...one!, hash: other!.hash }, other!],
      [one!, { ...other!, index: 4 }],
      [{ ...one!, index: 3 }, other!],
    ])
      expect(rootOfShown(sha256, 8, wrong, proof)).not.to.deep.equal(root);
  });

  it('is refused where it is too short or too long', () => {
    const log = logOf(8);
    const proof = log.rootsOf(hiddenRanges([2, 5], 8));
    const leaves = shown(log, [2, 5]);
    expect(() => rootOfShown(sha256, 8, leaves, proof.slice(1))).to.throw(ProofFault, 'too short');
    expect(() => rootOfShown(sha256, 8, leaves, [...proof, proof[0]!])).to.throw(ProofFault, 'too long');
  });

  for (const [what, indexes] of Object.entries({
    'no leaf': [],
    'a leaf beyond the tree': [3, 8],
    'leaves in another order': [5, 2],
    'a leaf twice': [2, 2],
    'a negative number': [-1],
    'what is no number': [NaN],
    'what is between two': [1.5],
  }))
    it(`is refused for ${what}`, () => {
      expect(() => hiddenRanges(indexes, 8)).to.throw(ProofFault);
      const leaves = indexes.map((index) => ({ index, hash: sha256(new Uint8Array()) }));
      expect(() => rootOfShown(sha256, 8, leaves, [])).to.throw(ProofFault, 'order');
    });
});
