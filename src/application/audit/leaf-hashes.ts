import type { TreeHash } from '../../domain/audit/merkle-tree.js';
import { TILE_WIDTH } from '../../domain/audit/tiles.js';
import type { LogTree } from '../ports/tree-store.js';

const HASH_BYTES = 32;

/** Answers the hashes of leaves from the tiles, from one number on, up to another that is not included; fewer where the tree has fewer. */
export const leafHashes = async (tree: Pick<LogTree, 'tiles'>, begin: number, end: number): Promise<TreeHash[]> => {
  const [first, last] = [Math.floor(begin / TILE_WIDTH), Math.floor((end - 1) / TILE_WIDTH)];
  const ids = Array.from({ length: last - first + 1 }, (_, at) => ({ level: 0, index: first + at }));
  const hashes: TreeHash[] = [];
  for (const [at, tile] of (await tree.tiles(ids)).entries()) {
    const from = Math.max(0, begin - (first + at) * TILE_WIDTH);
    const to = Math.min(tile.length / HASH_BYTES, end - (first + at) * TILE_WIDTH);
    for (let each = from; each < to; each += 1) hashes.push(tile.subarray(each * HASH_BYTES, (each + 1) * HASH_BYTES));
    if (to < Math.min(TILE_WIDTH, end - (first + at) * TILE_WIDTH)) break; // what is behind a hole has other numbers
  }
  return hashes;
};
