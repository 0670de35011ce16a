import { toBase64 } from '../../domain/audit/bytes.js';
import type { Sha256Of } from '../../domain/audit/merkle-tree.js';
import { formatTlogProof } from '../../domain/audit/tlog-proof.js';
import type { Position } from '../../domain/kernel/ids.js';
import type { FormerLog } from '../ports/former-logs.js';
import type { RawEvent } from '../ports/raw-log.js';
import { leafOf } from './leaf-of.js';
import { proveInclusion } from './prove.js';

/** That an event was in a log that this one is a copy of. */
export interface FormerProof {
  /** The name of that log. */
  readonly origin: string;
  /** Where the event stood in it. */
  readonly position: Position;
  /** The bytes that its tree hashed for the event, in base64. */
  readonly leaf: string;
  /** A C2SP `tlog-proof`. */
  readonly proof: string;
}

/** Proves that an event was in a log that this one is a copy of; undefined where no signed head of that one covers it. */
export const proveFormer = async (
  sha256: Sha256Of,
  log: FormerLog,
  index: number,
  event: RawEvent,
): Promise<FormerProof | undefined> => {
  const last = await log.last();
  const [position] = await log.tree.positions(index, index + 1);
  if (!last || last.size <= index || position === undefined) return undefined;
  const proof = await proveInclusion({ tree: log.tree, sha256 }, index, last.size);
  return {
    origin: log.origin,
    position,
    leaf: toBase64(leafOf(sha256, await log.asItWas(event, position))),
    proof: formatTlogProof({ index, proof, checkpoint: last.note }),
  };
};
