import { EncodingFault } from '../../domain/audit/bytes.js';
import { encodeLeaf } from '../../domain/audit/leaf.js';
import type { Sha256Of } from '../../domain/audit/merkle-tree.js';
import type { RawEvent } from '../ports/raw-log.js';
import { TreeFault } from './tree-fault.js';

/** Answers the leaf of a stored event. Raises `TreeFault` for one that has none. */
export const leafOf = (sha256: Sha256Of, event: RawEvent): Uint8Array => {
  try {
    return encodeLeaf(sha256, event);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof EncodingFault)) throw error;
    throw new TreeFault(`the event at position ${event.position} has no leaf: ${error.message}`, { cause: error });
  }
};
