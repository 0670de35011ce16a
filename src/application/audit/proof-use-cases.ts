import { concatBytes, toBase64 } from '../../domain/audit/bytes.js';
import type { Sha256Of } from '../../domain/audit/merkle-tree.js';
import { formatVerifierKey } from '../../domain/audit/signed-note.js';
import { TILE_WIDTH, type TileRequest } from '../../domain/audit/tiles.js';
import { formatTlogProof } from '../../domain/audit/tlog-proof.js';
import type { Position } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { LogKey } from '../ports/checkpoints.js';
import type { ListFormerLogs } from '../ports/former-logs.js';
import type { RawLog } from '../ports/raw-log.js';
import type { LogTree } from '../ports/tree-store.js';
import { coveringCheckpoint, type CoveringParts } from './covering-checkpoint.js';
import { leafOf } from './leaf-of.js';
import { proveFormer, type FormerProof } from './prove-former.js';
import { proveConsistency } from './prove.js';
import { signedProofs } from './signed-proofs.js';
import { findStoredEvent, storedLeaves } from './stored-leaves.js';

export interface ProofPorts extends CoveringParts {
  readonly tree: LogTree;
  readonly raw: Pick<RawLog, 'readAll'>;
  readonly formerLogs: ListFormerLogs;
}

const HASH_BYTES = 32;
/** So many bytes say how long a leaf is that stands in a tile of entries. */
const LENGTH_BYTES = 2;

const withLength = (leaf: Uint8Array): Uint8Array => {
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint16(0, leaf.length);
  return concatBytes([length, leaf]);
};

/** Answers how many hashes or leaves a tile has in the tree of a size. */
const widthAt = (size: number, { level, index }: TileRequest): number => {
  const hashes = level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
};

const shownKey =
  (sha256: Sha256Of) =>
  ({ key, fromSize, untilSize, madeAt }: LogKey) => ({
    verifierKey: formatVerifierKey(sha256, key),
    fromSize,
    untilSize,
    madeAt,
  });

/** What auditors and mirrors take from the log to verify it without the server. */
export const proofUseCases = (parts: ProofPorts) => {
  const { checkpoints, tree, raw, sha256, formerLogs } = parts;
  const { findLeaf, covering } = coveringCheckpoint(parts);
  const proveIn = signedProofs(parts);

  /** Answers the leaves of a tile of level 0, each behind its length (C2SP `tlog-tiles`). */
  const entries = async (index: number, width: number): Promise<Uint8Array> => {
    const begin = index * TILE_WIDTH;
    const leaves = await storedLeaves(raw, sha256, await tree.positions(begin, begin + width));
    if (leaves.length !== width) reject('audit_tile_not_found');
    return concatBytes(leaves.map(withLength));
  };

  return {
    /** Answers the last signed checkpoint. Raises `ProofPendingError` where there is none yet. */
    getCheckpoint: async (): Promise<string> => ((await checkpoints.last()) ?? (await covering(0))).note,

    /** Rejects `audit_checkpoint_not_found` where no head of this size was signed. */
    getCheckpointAt: async (size: number): Promise<string> =>
      (await checkpoints.at(size))?.note ?? reject('audit_checkpoint_not_found'),

    /** Lists the keys that the log ever signed with, and those of the logs that it is a copy of. */
    listLogKeys: async () => ({
      origin: checkpoints.origin,
      keys: (await checkpoints.keys()).map(shownKey(sha256)),
      former: await Promise.all(
        (await formerLogs()).map(async ({ origin, keys }) => ({ origin, keys: (await keys()).map(shownKey(sha256)) })),
      ),
    }),

    /** Answers a C2SP `tlog-proof`. Rejects `audit_event_not_found`; raises `ProofPendingError`. */
    proveEvent: async (position: Position): Promise<string> => {
      const index = await findLeaf(position);
      const head = await covering(index);
      return formatTlogProof({ index, proof: await proveIn(index, head), checkpoint: head.note });
    },

    /** Proves that an event was in the logs that this one is a copy of. Rejects `audit_event_not_found`. */
    proveInFormerLogs: async (position: Position): Promise<readonly FormerProof[]> => {
      const index = await findLeaf(position);
      const event = (await findStoredEvent(raw, position)) ?? reject('audit_event_not_found');
      const proofs = await Promise.all((await formerLogs()).map((log) => proveFormer(sha256, log, index, event)));
      return proofs.filter((proof) => proof !== undefined);
    },

    /** Proves that the log only grew. Without `to`, up to the last signed head. Rejects `audit_size_unknown`. */
    proveGrowth: async (from: number, given: number | undefined) => {
      const to = given ?? (await checkpoints.last())?.size ?? 0;
      if (Math.max(from, to) > (await tree.head()).size || from > to) reject('audit_size_unknown');
      return { from, to, proof: (await proveConsistency(parts, from, to)).map(toBase64) };
    },

    /** Answers the bytes that the tree hashes for an event. Rejects `audit_event_not_found`. */
    getLeaf: async (position: Position): Promise<Uint8Array> =>
      leafOf(sha256, (await findStoredEvent(raw, position)) ?? reject('audit_event_not_found')),

    /** Answers a tile of the signed tree (C2SP `tlog-tiles`). Rejects `audit_tile_not_found`. */
    getTile: async (request: TileRequest): Promise<Uint8Array> => {
      const { level, index, width } = request;
      if (width > widthAt((await checkpoints.last())?.size ?? 0, request)) reject('audit_tile_not_found');
      if (level === 'entries') return entries(index, width);
      const [hashes] = await tree.tiles([{ level, index }]);
      return hashes?.subarray(0, width * HASH_BYTES) ?? reject('audit_tile_not_found');
    },
  };
};

export type ProofUseCases = ReturnType<typeof proofUseCases>;
