import { expect } from 'chai';
import fc from 'fast-check';
import { nodeIn, parseTilePath, placeOf, tilePath } from '../../../src/domain/audit/tiles.js';
import { sha256 } from '../../support/audit-crypto.js';
import { MerkleLog, numberedLeaves } from '../../support/merkle-log.js';

describe('the path of a tile', () => {
  const paths: [string, Parameters<typeof tilePath>[0]][] = [
    ['0/000', { level: 0, index: 0, width: 256 }],
    ['1/x001/x234/067', { level: 1, index: 1_234_067, width: 256 }],
    ['0/x001/000.p/8', { level: 0, index: 1_000, width: 8 }],
    ['entries/999.p/255', { level: 'entries', index: 999, width: 255 }],
    ['63/000', { level: 63, index: 0, width: 256 }],
  ];
  for (const [path, request] of paths)
    it(`is written and read: ${path}`, () => {
      expect(tilePath(request)).to.equal(path);
      expect(parseTilePath(path)).to.deep.equal(request);
    });

  it('is read as it was written, whatever it says', () => {
    const index = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const level = fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 }));
    fc.assert(
      fc.property(level, index, fc.integer({ min: 1, max: 256 }), (...[atLevel, at, width]) => {
        const request = { level: atLevel, index: at, width };
        expect(parseTilePath(tilePath(request))).to.deep.equal(request);
      }),
    );
  });

  it('has one form alone', () => {
    const others = [
      '',
      '0',
      '0/0',
      '0/00',
      '0/0000',
      '00/000',
      '64/000',
      '0/x000/001',
      '0/001/002',
      '0/x001',
      '-1/000',
      '0/000/',
    ];
    const partial = [
      '0/000.p/0',
      '0/000.p/256',
      '0/000.p/257',
      'entries/000.p/999',
      '0/000.p/01',
      '0/000.p/',
      '0/000.p',
      '0/000.q/1',
      'entry/000',
      '0/000\n',
      '0/\u0661\u0661\u0661',
    ];
    const beyond = `0/${'x999/'.repeat(6)}999`;
    for (const path of [...others, ...partial, beyond]) expect(parseTilePath(path), path).to.equal(undefined);
  });
});

describe('a node of the tree', () => {
  it('is found in the tile that holds what is below it', () => {
    expect(placeOf({ level: 3, index: 33 })).to.deep.equal({ level: 0, index: 1, at: 8, count: 8 });
    expect(placeOf({ level: 9, index: 130 })).to.deep.equal({ level: 1, index: 1, at: 4, count: 2 });
  });

  it('is the root of the leaves below it', () => {
    const log = new MerkleLog().add(numberedLeaves(300));
    const tile = log.tile(0, 1) ?? new Uint8Array();
    const { root } = new MerkleLog().add(log.leaves.slice(288, 296)).head();
    expect(nodeIn(sha256, { level: 3, index: 36 }, tile)).to.deep.equal(root);
  });

  it('is missing where the tile is too short', () => {
    const tile = new MerkleLog().add(numberedLeaves(300)).tile(0, 1) ?? new Uint8Array();
    expect(() => nodeIn(sha256, { level: 3, index: 37 }, tile)).to.throw(RangeError);
  });
});
