import {
  foldSubtrees,
  hashLeaf,
  subtreesOf,
  type LeafRange,
  type TreeHash,
} from '../../src/domain/audit/merkle-tree.js';
import { consistencyPath, inclusionPath } from '../../src/domain/audit/proof-paths.js';
import { growTree, nodeIn, placeOf, rootOfEdge, type Edge } from '../../src/domain/audit/tiles.js';
import type { Inclusion, TreeHead } from '../../src/domain/audit/verify-proofs.js';
import { sha256 } from './audit-crypto.js';

/** A tree whose tiles are in memory, with the leaves that it was made of. */
export class MerkleLog {
  readonly leaves: Uint8Array[] = [];
  readonly #tiles = new Map<string, Uint8Array>();
  readonly #roots: TreeHash[] = [sha256(new Uint8Array())];
  #edge: Edge = [];

  /** Adds leaves at once, as one batch. */
  add(leaves: readonly Uint8Array[]): this {
    const hashes = leaves.map((leaf) => hashLeaf(sha256, leaf));
    const { edge, tiles } = growTree(sha256, this.size, this.#edge, hashes);
    for (const { level, index, hashes: tile } of tiles) this.#tiles.set(`${level}/${index}`, tile);
    this.#edge = edge;
    this.leaves.push(...leaves);
    this.#roots[this.size] = rootOfEdge(sha256, edge);
    return this;
  }

  get size(): number {
    return this.leaves.length;
  }

  /** The head at a size that was reached by the end of a batch; by default the last one. */
  head(size = this.size): TreeHead {
    const root = this.#roots[size];
    if (root === undefined) throw new Error(`no batch ended at ${size}`);
    return { size, root };
  }

  tile(level: number, index: number): Uint8Array | undefined {
    return this.#tiles.get(`${level}/${index}`);
  }

  inclusion(index: number, size = this.size): Inclusion {
    const leaf = this.leaves[index] ?? new Uint8Array();
    return { index, leafHash: hashLeaf(sha256, leaf), proof: this.rootsOf(inclusionPath(index, size)) };
  }

  consistency(from: number, to = this.size): TreeHash[] {
    return this.rootsOf(consistencyPath(from, to));
  }

  rootsOf(path: readonly LeafRange[]): TreeHash[] {
    return path.map((range) =>
      foldSubtrees(
        sha256,
        subtreesOf(range).map((node) => {
          const place = placeOf(node);
          return nodeIn(sha256, node, this.tile(place.level, place.index) ?? new Uint8Array());
        }),
      ),
    );
  }
}

/** Makes as many leaves, no two alike. */
export const numberedLeaves = (count: number, first = 0): Uint8Array[] =>
  Array.from({ length: count }, (_, n) => Buffer.from(`leaf ${first + n}`));
