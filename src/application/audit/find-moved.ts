import { equalBytes } from '../../domain/audit/bytes.js';
import type { Sha256Of, TreeHash } from '../../domain/audit/merkle-tree.js';
import type { Position } from '../../domain/kernel/ids.js';
import type { RawEvent, RawLog } from '../ports/raw-log.js';
import type { LogTree } from '../ports/tree-store.js';
import { leafHashOf } from './leaf-of.js';
import { leafHashes } from './leaf-hashes.js';
import { TreeFault } from './tree-fault.js';

/** So many leaves are looked at at a time. */
const AT_ONCE = 2_048;
/** So far from its revision an event is tried with another one. */
const REVISIONS = 2_000;

export interface SearchParts {
  readonly log: Pick<RawLog, 'readAll'>;
  readonly tree: Pick<LogTree, 'positions' | 'tiles'>;
  readonly sha256: Sha256Of;
}

/** Answers the hash of an event's leaf as it would be with other numbers; undefined where there is no such leaf. */
const hashAs = (sha256: Sha256Of, event: RawEvent, numbers: Partial<RawEvent>): TreeHash | undefined => {
  try {
    return leafHashOf(sha256, { ...event, ...numbers });
  } catch (error) {
    if (error instanceof TreeFault) return undefined;
    throw error;
  }
};

const isLeaf = (hash: TreeHash | undefined, leaf: TreeHash | undefined): boolean =>
  hash !== undefined && leaf !== undefined && equalBytes(hash, leaf);

/** Answers at which position this very event was put under the tree; undefined where it never was. */
export const findLeafOf = async (parts: SearchParts, event: RawEvent, size: number): Promise<Position | undefined> => {
  for (let begin = 0; begin < size; begin += AT_ONCE) {
    const end = Math.min(begin + AT_ONCE, size);
    const [positions, hashes] = [await parts.tree.positions(begin, end), await leafHashes(parts.tree, begin, end)];
    const found = positions.findIndex((position, at) => isLeaf(hashAs(parts.sha256, event, { position }), hashes[at]));
    if (found >= 0) return positions[found];
  }
  return undefined;
};

/** A leaf as it is kept: where its event stood, and its hash. */
export interface KnownLeaf {
  readonly position: Position;
  readonly hash: TreeHash;
}

/** Answers the event of a leaf, wherever it stands now; undefined where it is gone. */
export const findEventOf = async (
  { log, sha256 }: SearchParts,
  { position, hash }: KnownLeaf,
): Promise<RawEvent | undefined> => {
  for await (const event of log.readAll()) if (isLeaf(hashAs(sha256, event, { position }), hash)) return event;
  return undefined;
};

/** Answers the revision with which an event is that of the leaf; undefined where it is another event. */
export const findRevision = (sha256: Sha256Of, event: RawEvent, { position, hash }: KnownLeaf): number | undefined => {
  const first = Math.max(0, event.revision - REVISIONS);
  for (let revision = first; revision <= event.revision + REVISIONS; revision += 1)
    if (isLeaf(hashAs(sha256, event, { position, revision }), hash)) return revision;
  return undefined;
};
