import { textIn } from './bytes.js';
import type { DecodedLeaf } from './decode-leaf.js';
import { openSealed, type SealCrypto } from './open-sealed.js';

/** Why the sealed part of an event is not shown. The server says it; it is not proven. */
export type Closed = 'erased' | 'withheld' | 'old';

/** An event that can be read. */
export interface EventView {
  /** The number of its leaf. */
  readonly index: number;
  readonly position: string;
  readonly streamId: string;
  readonly revision: number;
  readonly type: string;
  readonly recordedAt: string;
  readonly actorId: string | null;
  /** In the version in which it was stored, opened. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Null where all of it is shown. */
  readonly closed: Closed | null;
}

/** An event as it is stored, with its leaf. */
interface StoredBytes {
  readonly index: number;
  readonly leaf: DecodedLeaf;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** An event cannot be read: its bytes are no JSON, or a key does not belong to it. */
export class ViewFault extends Error {
  override readonly name = 'ViewFault';
}

const objectIn = (bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(textIn(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new ViewFault('what is stored is no JSON', { cause: error });
  }
  throw new ViewFault('what is stored is no object');
};

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Says whether something is sealed in an event. */
export const hasSealed = (data: Uint8Array): boolean => Object.hasOwn(objectIn(data), 'personal');

/**
 * Reads an event, with its key where one is disclosed; without, `closed` says why. Raises `ViewFault` where bytes or key are
 * not right, and `SealFault`.
 */
export const viewOf = (
  crypto: SealCrypto,
  { index, leaf, data, metadata }: StoredBytes,
  disclosed: Uint8Array | Closed | undefined,
): EventView => {
  const { personal, ...open } = objectIn(data);
  const { recordedAt, actorId } = objectIn(metadata);
  if ((personal === undefined) !== (disclosed === undefined))
    throw new ViewFault('a key is given where nothing is sealed, or neither key nor reason where something is');
  const isClosed = typeof disclosed === 'string' || disclosed === undefined;
  const opened = isClosed
    ? {}
    : (JSON.parse(openSealed(crypto, textOrNull(personal) ?? '', disclosed, leaf)) as Record<string, unknown>);
  return {
    index,
    position: leaf.position,
    streamId: leaf.streamId,
    revision: leaf.revision,
    type: leaf.type,
    recordedAt: textOrNull(recordedAt) ?? '',
    actorId: textOrNull(actorId),
    data: { ...open, ...opened },
    closed: typeof disclosed === 'string' ? disclosed : null,
  };
};
