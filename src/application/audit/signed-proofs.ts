import type { TreeHash } from '../../domain/audit/merkle-tree.js';
import { ProofFault, verifyInclusion, type TreeHead } from '../../domain/audit/verify-proofs.js';
import { proveInclusion, proveLeaf, type ProofParts } from './prove.js';
import { TileMemory } from './tile-memory.js';

/** A thousand tiles, some 17 KB each with what is above their hashes. */
const MOST_BYTES = 16 * 1_048_576;

/**
 * Proves that leaves are in signed trees, from tiles in memory as far as they are there: then a proof takes one question for its
 * lowest tile, or none. A proof that does not lead to the signed root is made anew of the tiles as they are kept, and what was in
 * memory is forgotten: the tree may have been replaced by another one behind the server's back.
 */
export const signedProofs = (parts: Pick<ProofParts, 'tree' | 'sha256'>, mostBytes = MOST_BYTES) => {
  const memory = new TileMemory(mostBytes);
  return async (index: number, head: TreeHead): Promise<TreeHash[]> => {
    try {
      const { leafHash, proof } = await proveLeaf({ ...parts, memory }, index, head.size);
      verifyInclusion(parts.sha256, { index, leafHash, proof }, head);
      return proof;
    } catch (error) {
      if (!(error instanceof ProofFault || error instanceof RangeError)) throw error;
      memory.clear();
      return proveInclusion(parts, index, head.size);
    }
  };
};
