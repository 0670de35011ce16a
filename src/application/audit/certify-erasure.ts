import { formatCertificate } from '../../domain/audit/erasure-certificate.js';
import { formatNote } from '../../domain/audit/signed-note.js';
import type { Instant, Position, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { user } from '../../domain/users/decider.js';
import type { UserEvents } from '../../domain/users/events.js';
import { load } from '../kernel/loaded.js';
import type { EventStore } from '../ports/event-store.js';
import type { KeyDestructions } from '../ports/key-destructions.js';
import type { RawLog } from '../ports/raw-log.js';
import { coveringCheckpoint, type CoveringParts } from './covering-checkpoint.js';
import { leafOf } from './leaf-of.js';
import { proveConsistency, proveInclusion } from './prove.js';
import { findStoredEvent } from './stored-leaves.js';

export interface CertificateParts extends CoveringParts {
  readonly events: EventStore;
  readonly raw: Pick<RawLog, 'readAll'>;
  readonly destructions: KeyDestructions;
}

/** A user is erased, and their keys are not destroyed yet. They will be shortly, once a server runs. */
export class ErasurePendingError extends Error {
  override readonly name = 'ErasurePendingError';
}

/** Answers where the log erased a user. Nothing follows in their stream. */
const findErasure = async (events: EventStore, userId: UserId): Promise<Position> => {
  const { state, lastPosition } = await load(events, user, userId);
  return state.status === 'erased' && lastPosition !== undefined ? lastPosition : reject('erasure_not_found');
};

/**
 * Makes the signed certificate of an erasure, as it can be proven now. Rejects `erasure_not_found`; raises `ErasurePendingError` and
 * `ProofPendingError`.
 */
export const certifyErasure = (parts: CertificateParts) => {
  const { events, raw, destructions, checkpoints, sha256 } = parts;
  const { findLeaf, covering } = coveringCheckpoint(parts);

  /** Proves that the log of the last head that was signed before a leaf grew into the one of this size. */
  const grownFrom = async (index: number, size: number) => {
    const before = await checkpoints.before(index);
    return before ? { checkpoint: before.note, consistency: await proveConsistency(parts, before.size, size) } : null;
  };

  return async (userId: UserId, issuedAt: Instant): Promise<string> => {
    const position = await findErasure(events, userId);
    const destruction = await destructions.find(userId);
    if (!destruction) throw new ErasurePendingError('the keys of the user are not destroyed yet');
    const stored = (await findStoredEvent(raw, position)) ?? reject('erasure_not_found');
    const event = stored.data.toString();
    const { erasedBy, erasedAt, keyIds = [] } = JSON.parse(event) as UserEvents['UserErased'];
    const index = await findLeaf(position);
    const { size, note: checkpoint } = await covering(index);
    const text = formatCertificate({
      origin: checkpoints.origin,
      issuedAt,
      userId,
      erasedAt,
      erasedBy,
      keyIds,
      ...destruction,
      size,
      event,
      leaf: leafOf(sha256, stored),
      index,
      inclusion: await proveInclusion(parts, index, size),
      before: await grownFrom(index, size),
      checkpoint,
    });
    const signatures = await checkpoints.exclusively(({ sign }) => sign(text, size));
    return formatNote({ text, signatures });
  };
};
