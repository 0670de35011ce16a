import { RFC9162 } from '@transmute/rfc9162';
import { expect } from 'chai';
import type { TreeHash } from '../../../src/domain/audit/merkle-tree.js';
import { consistencyPath, inclusionPath } from '../../../src/domain/audit/proof-paths.js';
import {
  ProofFault,
  verifyConsistency,
  verifyInclusion,
  type TreeHead,
} from '../../../src/domain/audit/verify-proofs.js';
import { sha256 } from '../../support/audit-crypto.js';
import { MerkleLog, numberedLeaves } from '../../support/merkle-log.js';

const SIZES = 24;
/** Beyond two tiles, and no power of two. */
const LARGE = 700;

/** A log that has been at every size. */
const growing = (size: number): MerkleLog => {
  const log = new MerkleLog();
  for (const leaf of numberedLeaves(size)) log.add([leaf]);
  return log;
};

const hex = (hashes: readonly TreeHash[]): string[] => hashes.map((hash) => Buffer.from(hash).toString('hex'));
const flipped = (hash: TreeHash): TreeHash => Uint8Array.from(hash, (byte, at) => (at === 7 ? byte ^ 1 : byte));
const swapped = (proof: readonly TreeHash[]): TreeHash[] => [...proof.slice(1), ...proof.slice(0, 1)];

/** The other implementation does not leave out the root of the older tree where RFC 9162 does, as the verifier has it. */
const withOlderRoot = (from: TreeHead, proof: readonly TreeHash[]): TreeHash[] =>
  Number.isInteger(Math.log2(from.size)) ? [from.root, ...proof] : [...proof];

describe('a proof that a leaf is in the log', () => {
  const log = growing(SIZES);

  it('holds for each leaf in each size, and is that of another implementation', async () => {
    for (let size = 1; size <= SIZES; size += 1)
      for (let index = 0; index < size; index += 1) {
        const inclusion = log.inclusion(index, size);
        verifyInclusion(sha256, inclusion, log.head(size));
        const other = await RFC9162.PATH(index, log.leaves.slice(0, size));
        expect(hex(inclusion.proof), `leaf ${index} of ${size}`).to.deep.equal(hex(other));
      }
  });

  it('is taken by another implementation, also beyond a tile', async () => {
    const large = new MerkleLog().add(numberedLeaves(LARGE));
    for (const index of [0, 255, 256, 511, 512, LARGE - 1]) {
      const inclusion_path = [...large.inclusion(index).proof];
      const hash = await RFC9162.leaf(large.leaves[index] ?? new Uint8Array());
      const proof = { log_id: '', tree_size: LARGE, leaf_index: index, inclusion_path };
      expect(await RFC9162.verifyInclusionProof(large.head().root, hash, proof), `leaf ${index}`).to.equal(true);
    }
  });

  const head = log.head(21);
  const inclusion = log.inclusion(13, 21);
  const { proof } = inclusion;
  const wrong: Record<string, [Partial<typeof inclusion>, Partial<TreeHead>?]> = {
    'another leaf': [{ leafHash: log.inclusion(12).leafHash }],
    'a leaf that was changed': [{ leafHash: flipped(inclusion.leafHash) }],
    'another number of the leaf': [{ index: 12 }],
    'a number beyond the log': [{ index: 21 }],
    'a number below 0': [{ index: -1 }],
    'half a number': [{ index: 1.5 }],
    'a number beyond what can be counted': [{ index: 2 ** 53 }],
    'an empty proof': [{ proof: [] }],
    'a proof without its first hash': [{ proof: proof.slice(1) }],
    'a proof without its last hash': [{ proof: proof.slice(0, -1) }],
    'a proof with a hash too many': [{ proof: [...proof, head.root] }],
    'a proof with a hash too many before it': [{ proof: [head.root, ...proof] }],
    'a proof in another order': [{ proof: swapped(proof) }],
    'a proof with one bit changed': [{ proof: proof.map((hash, at) => (at === 2 ? flipped(hash) : hash)) }],
    'a proof with half a hash': [{ proof: proof.map((hash) => hash.subarray(16)) }],
    'the root of another size': [{}, { root: log.head(22).root }],
    'a size of another height': [{}, { size: 64 }],
    'the root of the empty tree': [{}, { size: 0, root: log.head(0).root }],
    'a size that is none': [{}, { size: Number.NaN }],
  };
  for (const [name, [otherInclusion, otherHead]] of Object.entries(wrong))
    it(`is refused with ${name}`, () => {
      expect(() => verifyInclusion(sha256, { ...inclusion, ...otherInclusion }, { ...head, ...otherHead })).to.throw(
        ProofFault,
      );
    });

  it('cannot be asked for where the log has no such leaf', () => {
    for (const [index, size] of [
      [3, 3],
      [0, 0],
      [-1, 3],
      [0.5, 3],
      [1, 2 ** 53],
    ] as const)
      expect(() => inclusionPath(index, size), `${index} of ${size}`).to.throw(RangeError);
  });
});

describe('a proof that the log only grew', () => {
  const log = growing(SIZES);

  it('holds between any two sizes, and is that of another implementation', async () => {
    for (let to = 1; to <= SIZES; to += 1)
      for (let from = 1; from < to; from += 1) {
        const proof = log.consistency(from, to);
        verifyConsistency(sha256, log.head(from), log.head(to), proof);
        const other = await RFC9162.PROOF(from, log.leaves.slice(0, to));
        expect(hex(withOlderRoot(log.head(from), proof)), `${from} to ${to}`).to.deep.equal(hex(other));
      }
  });

  it('is taken by another implementation, also beyond a tile', async () => {
    const large = new MerkleLog();
    for (const size of [1, 255, 256, 257, 511, 512, 600]) large.add(numberedLeaves(size - large.size, large.size));
    large.add(numberedLeaves(LARGE - large.size, large.size));
    for (const from of [1, 255, 256, 257, 511, 512, 600]) {
      const path = large.consistency(from);
      verifyConsistency(sha256, large.head(from), large.head(), path);
      const consistency_path = withOlderRoot(large.head(from), path);
      const proof = { log_id: '', tree_size_1: from, tree_size_2: LARGE, consistency_path };
      expect(await RFC9162.verifyConsistencyProof(large.head(from).root, large.head().root, proof), `${from}`).to.equal(
        true,
      );
    }
  });

  it('is empty from the empty log on, whose root is known', () => {
    verifyConsistency(sha256, log.head(0), log.head(9), []);
    const forged = { size: 0, root: log.head(1).root };
    expect(() => verifyConsistency(sha256, forged, log.head(9), [])).to.throw(ProofFault, 'empty tree');
    expect(() => verifyConsistency(sha256, log.head(0), log.head(9), [log.head(9).root])).to.throw(ProofFault);
  });

  it('is empty between two that are the same, and only then', () => {
    verifyConsistency(sha256, log.head(9), log.head(9), []);
    const other = { size: 9, root: log.head(8).root };
    expect(() => verifyConsistency(sha256, log.head(9), other, [])).to.throw(ProofFault, 'different roots');
    expect(() => verifyConsistency(sha256, log.head(9), log.head(9), [log.head(9).root])).to.throw(ProofFault);
  });

  const [from, to] = [log.head(11), log.head(21)];
  const proof = log.consistency(11, 21);
  const wrong: Record<string, [TreeHead, TreeHead, readonly TreeHash[]]> = {
    'the log become smaller': [to, from, proof],
    'another older root': [{ ...from, root: flipped(from.root) }, to, proof],
    'another newer root': [from, { ...to, root: flipped(to.root) }, proof],
    'another older size': [{ ...from, size: 12 }, to, proof],
    'a newer size of another height': [from, { ...to, size: 64 }, proof],
    'an empty proof': [from, to, []],
    'a proof without its first hash': [from, to, proof.slice(1)],
    'a proof without its last hash': [from, to, proof.slice(0, -1)],
    'a proof with a hash too many': [from, to, [...proof, to.root]],
    'a proof in another order': [from, to, swapped(proof)],
    'a proof with one bit changed': [from, to, proof.map((hash, at) => (at === 1 ? flipped(hash) : hash))],
    'a proof with half a hash': [from, to, proof.map((hash) => hash.subarray(16))],
    'an empty proof from a whole subtree': [log.head(16), to, []],
    'half a size': [{ ...from, size: 10.5 }, to, proof],
  };
  for (const [name, [older, newer, hashes]] of Object.entries(wrong))
    it(`is refused with ${name}`, () => {
      expect(() => verifyConsistency(sha256, older, newer, hashes)).to.throw(ProofFault);
    });

  it('is refused where a leaf of the older log was replaced', () => {
    const rewritten = new MerkleLog().add(numberedLeaves(5)).add(numberedLeaves(1, 99)).add(numberedLeaves(15, 6));
    expect(() => verifyConsistency(sha256, from, rewritten.head(), rewritten.consistency(11))).to.throw(ProofFault);
  });

  it('cannot be asked for from a larger log to a smaller one', () => {
    for (const [a, b] of [
      [5, 4],
      [-1, 4],
      [0.5, 4],
      [1, 2 ** 53],
    ] as const)
      expect(() => consistencyPath(a, b), `${a} to ${b}`).to.throw(RangeError);
  });
});
