import type { Position } from '../../domain/kernel/ids.js';
import type { TreeHash } from '../../domain/audit/merkle-tree.js';
import type { Edge, TileId } from '../../domain/audit/tiles.js';

/** The head of the tree over the log. */
export interface LogTreeHead {
  /** How many leaves it has. */
  readonly size: number;
  /** The position of the last one, `LOG_START` without any. */
  readonly position: Position;
  readonly root: TreeHash;
}

/** The tree as far as it must be known to add leaves to it. */
export interface HeldTree extends LogTreeHead {
  readonly edge: Edge;
}

/** Why nothing is added to the tree any more, and since when. */
export interface TreeHalt {
  readonly reason: string;
  readonly since: string;
}

/** What is added to the tree at a time. */
export interface TreeAddition {
  /** How many leaves the tree had. */
  readonly from: number;
  readonly head: LogTreeHead;
  readonly tiles: readonly (TileId & { readonly hashes: Uint8Array })[];
  /** Those of the new leaves. */
  readonly positions: readonly Position[];
}

/** Another node adds to the tree, or the tree is no longer as this one found it. */
export class TreeLostError extends Error {
  override readonly name = 'TreeLostError';
}

/** Where the tree is kept. One node at a time adds to it. */
export interface TreeStore {
  /** Takes the tree to add to it. Answers undefined where another node has it, and the reason where it is halted. */
  acquire(): Promise<HeldTree | TreeHalt | undefined>;
  /** Keeps the tree for this node when there is nothing to add. Raises `TreeLostError`. */
  renew(): Promise<void>;
  /** Adds leaves, all or none. Raises `TreeLostError`. */
  add(addition: TreeAddition): Promise<void>;
  /** Has no node add any more, until `resume`. Answers whether it has: not where this node has lost the tree, or it is halted already. */
  halt(reason: string): Promise<boolean>;
  /** Lets another node take the tree at once. */
  release(): Promise<void>;
}

/** The tree as it is read for proofs and checks. */
export interface LogTree {
  head(): Promise<LogTreeHead>;
  halt(): Promise<TreeHalt | undefined>;
  /** Answers the hashes of each tile, in this order; none for one that is not there. */
  tiles(ids: readonly TileId[]): Promise<readonly Uint8Array[]>;
  /** Answers the number of the leaf of an event; undefined where the tree has none of that position. */
  indexOf(position: Position): Promise<number | undefined>;
  /** Answers the positions of the leaves from one number on, up to another, which is not included; fewer where the tree ends before. */
  positions(begin: number, end: number): Promise<readonly Position[]>;
}

export const isHalt = (tree: HeldTree | TreeHalt): tree is TreeHalt => 'reason' in tree;
