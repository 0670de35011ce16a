import { RFC9162 } from '@transmute/rfc9162';
import { expect } from 'chai';
import fc from 'fast-check';
import { emptyRoot, foldSubtrees, subtreesOf } from '../../../src/domain/audit/merkle-tree.js';
import { edgeOf, TILE_WIDTH, widthOf } from '../../../src/domain/audit/tiles.js';
import { sha256 } from '../../support/audit-crypto.js';
import { MerkleLog, numberedLeaves } from '../../support/merkle-log.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The leaves and roots with which implementations of RFC 6962 are tested, those of Certificate Transparency. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('the Merkle tree', () => {
  it('has the roots of RFC 6962 as it grows leaf by leaf', () => {
    const log = new MerkleLog();
    expect(hex(emptyRoot(sha256))).to.equal(ROOTS[0]);
    const roots = LEAVES.map((leaf) => hex(log.add([Buffer.from(leaf, 'hex')]).head().root));
    expect(roots).to.deep.equal(ROOTS.slice(1));
  });

  it('has the roots that another implementation finds, in whatever portions it grows', async () => {
    const portions = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(portions, async (counts) => {
        const log = new MerkleLog();
        for (const count of counts) log.add(numberedLeaves(count, log.size));
        expect(hex(log.head().root)).to.equal(hex(await RFC9162.treeHead(log.leaves)));
      }),
      { numRuns: 5 },
    );
  });

  it('keeps the tiles of a tree of 70,000 leaves as the specification counts them', () => {
    const log = new MerkleLog().add(numberedLeaves(70_000));
    expect(edgeOf(log.size)).to.deep.equal([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    const widths = [log.tile(0, 272), log.tile(0, 273), log.tile(1, 0), log.tile(1, 1), log.tile(2, 0)];
    expect(widths.map((tile) => tile && widthOf(tile))).to.deep.equal([TILE_WIDTH, 112, TILE_WIDTH, 17, 1]);
    expect(log.tile(0, 274)).to.equal(undefined);
  });

  it('has no partial tile where all leaves are in full ones', () => {
    const log = new MerkleLog().add(numberedLeaves(TILE_WIDTH));
    expect(edgeOf(TILE_WIDTH)).to.deep.equal([
      { level: 0, index: 1, width: 0 },
      { level: 1, index: 0, width: 1 },
    ]);
    expect(log.tile(0, 1)).to.equal(undefined);
    expect(log.tile(1, 0)).to.deep.equal(log.head().root);
  });

  it('divides a range into the fewest whole subtrees', () => {
    expect(subtreesOf({ begin: 4, end: 11 })).to.deep.equal([
      { level: 2, index: 1 },
      { level: 1, index: 4 },
      { level: 0, index: 10 },
    ]);
    expect(subtreesOf({ begin: 3, end: 3 })).to.deep.equal([]);
  });

  it('has no root of nothing', () => {
    expect(() => foldSubtrees(sha256, [])).to.throw(RangeError);
  });
});
