import { EncodingFault } from '../../domain/audit/bytes.js';
import { encodeLeaf, hashEvent } from '../../domain/audit/leaf.js';
import type { Sha256Of, TreeHash } from '../../domain/audit/merkle-tree.js';
import type { RawEvent } from '../ports/raw-log.js';
import { TreeFault } from './tree-fault.js';

/** Raises `TreeFault` in the place of what says that an event has no leaf. */
const orTreeFault =
  (make: typeof encodeLeaf) =>
  (sha256: Sha256Of, event: RawEvent): Uint8Array => {
    try {
      return make(sha256, event);
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof EncodingFault)) throw error;
      throw new TreeFault(`the event at position ${event.position} has no leaf: ${error.message}`, { cause: error });
    }
  };

/** Answers the leaf of a stored event. Raises `TreeFault` for one that has none. */
export const leafOf: (sha256: Sha256Of, event: RawEvent) => Uint8Array = orTreeFault(encodeLeaf);

/** Answers the hash of the leaf of a stored event. Raises `TreeFault` for one that has none. */
export const leafHashOf: (sha256: Sha256Of, event: RawEvent) => TreeHash = orTreeFault(hashEvent);
