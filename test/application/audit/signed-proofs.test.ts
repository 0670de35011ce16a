import { expect } from 'chai';
import fc from 'fast-check';
import { signedProofs } from '../../../src/application/audit/signed-proofs.js';
import { TILE_WIDTH, type TileId } from '../../../src/domain/audit/tiles.js';
import { verifyInclusion } from '../../../src/domain/audit/verify-proofs.js';
import { sha256 } from '../../support/audit-crypto.js';
import { MerkleLog, numberedLeaves } from '../../support/merkle-log.js';

const NONE = new Uint8Array();
const SIZE = 5 * TILE_WIDTH + 100;

/** The tiles of a log, and which of them were asked for. */
const keptTiles = (log: MerkleLog) => {
  const kept = { log, asked: [] as string[] };
  const tiles = async (ids: readonly TileId[]) => {
    kept.asked.push(...ids.map(({ level, index }) => `${level}/${index}`));
    return ids.map(({ level, index }) => kept.log.tile(level, index) ?? NONE);
  };
  return { kept, tree: { tiles } };
};

describe('Proofs of signed trees', () => {
  it('are those of the tree, whatever was asked for before and however the tree has grown since', async () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.array(fc.nat(), { maxLength: 6 })), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (growths) => {
        const log = new MerkleLog();
        const prove = signedProofs({ tree: keptTiles(log).tree, sha256 }, 60_000);
        for (const [leaves, numbers] of growths) {
          log.add(numberedLeaves(leaves, log.size));
          for (const index of numbers.map((number) => number % log.size))
            expect(await prove(index, log.head())).to.deep.equal(log.inclusion(index).proof);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('ask for each tile once', async () => {
    const { kept, tree } = keptTiles(new MerkleLog().add(numberedLeaves(SIZE)));
    const prove = signedProofs({ tree, sha256 });
    await prove(0, kept.log.head());
    expect(kept.asked).to.have.members(['0/0', '0/5', '1/0']);
    await prove(TILE_WIDTH, kept.log.head());
    expect(kept.asked.slice(3)).to.deep.equal(['0/1']);
    await prove(TILE_WIDTH + 9, kept.log.head());
    expect(kept.asked).to.have.length(4);
  });

  it('ask again for a tile that has become larger', async () => {
    const { kept, tree } = keptTiles(new MerkleLog().add(numberedLeaves(100)));
    const prove = signedProofs({ tree, sha256 });
    await prove(9, kept.log.head());
    kept.log.add(numberedLeaves(50, 100));
    expect(await prove(120, kept.log.head())).to.deep.equal(kept.log.inclusion(120).proof);
    expect(kept.asked).to.deep.equal(['0/0', '0/0']);
  });

  it('keep no more tiles than there is room for, those that were asked for last', async () => {
    const { kept, tree } = keptTiles(new MerkleLog().add(numberedLeaves(4 * TILE_WIDTH)));
    // A tile takes 17 KB, the one above less than one: there is room for two beside that one.
    const prove = signedProofs({ tree, sha256 }, 36_000);
    const askedFor = async (tile: number) => {
      kept.asked.length = 0;
      await prove(tile * TILE_WIDTH, kept.log.head());
      return [...kept.asked];
    };
    for (const tile of [0, 1]) await askedFor(tile);
    expect(await askedFor(0)).to.deep.equal([]);
    expect(await askedFor(2)).to.deep.equal(['0/2']);
    expect(await askedFor(0)).to.deep.equal([]);
    expect(await askedFor(1)).to.deep.equal(['0/1']);
  });

  it('are made anew where the tree was replaced by another one behind the back of the server', async () => {
    const { kept, tree } = keptTiles(new MerkleLog().add(numberedLeaves(SIZE)));
    const prove = signedProofs({ tree, sha256 });
    for (let index = 0; index < SIZE; index += TILE_WIDTH) await prove(index, kept.log.head());
    kept.log = new MerkleLog().add(numberedLeaves(SIZE, 7_000));
    const inclusion = kept.log.inclusion(300);
    const proof = await prove(300, kept.log.head());
    expect(proof).to.deep.equal(inclusion.proof);
    verifyInclusion(sha256, { ...inclusion, proof }, kept.log.head());
    kept.asked.length = 0;
    await prove(301, kept.log.head());
    expect(kept.asked, 'what was in memory is forgotten').not.to.deep.equal([]);
  });

  it('are refused where the tree has no such leaf, or lacks a tile', async () => {
    const { kept, tree } = keptTiles(new MerkleLog().add(numberedLeaves(SIZE)));
    const prove = signedProofs({ tree, sha256 });
    const failure = await prove(SIZE, kept.log.head()).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(RangeError);
    const head = kept.log.head();
    kept.log = new MerkleLog();
    expect(await prove(3, head).catch((error: unknown) => error)).to.be.instanceOf(RangeError);
  });
});
