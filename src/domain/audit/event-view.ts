import { textIn } from './bytes.js';
import type { DecodedLeaf } from './decode-leaf.js';
import { openSealed, type SealCrypto } from './open-sealed.js';

/** Why what an event holds is not shown, or its sealed part. The server says it; it is not proven. */
export type Closed = 'erased' | 'withheld' | 'old' | 'unreadable';

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
  /** In the version in which it was stored, opened. Nothing where it is no object of JSON. */
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

/** An event is not read as its bundle says: its bytes are no JSON, or a key does not belong to it. */
export class ViewFault extends Error {
  override readonly name = 'ViewFault';
}

type Content = Readonly<Record<string, unknown>>;

/** Answers what is stored, where it is an object of JSON. */
const contentIn = (bytes: Uint8Array): Content | undefined => {
  try {
    const value: unknown = JSON.parse(textIn(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Content) : undefined;
  } catch {
    return undefined; // it is shown as unreadable
  }
};

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Says whether something is sealed in an event. */
export const hasSealed = (data: Uint8Array): boolean => Object.hasOwn(contentIn(data) ?? {}, 'personal');

const opened = (
  crypto: SealCrypto,
  { data: bytes, leaf }: StoredBytes,
  disclosed: Uint8Array | Closed | undefined,
): Pick<EventView, 'data' | 'closed'> => {
  const content = contentIn(bytes);
  if (!content) {
    if (disclosed !== 'unreadable') throw new ViewFault('what is stored is no object of JSON');
    return { data: {}, closed: disclosed };
  }
  const { personal, ...open } = content;
  if ((personal === undefined) !== (disclosed === undefined))
    throw new ViewFault('a key is given where nothing is sealed, or neither key nor reason where something is');
  if (typeof disclosed === 'string') return { data: open, closed: disclosed };
  const sealed =
    disclosed === undefined
      ? {}
      : (JSON.parse(openSealed(crypto, textOrNull(personal) ?? '', disclosed, leaf)) as Content);
  return { data: { ...open, ...sealed }, closed: null };
};

/**
 * Reads an event, with its key where one is disclosed; without, `closed` says why. Raises `ViewFault` where bytes or key are
 * not right, and `SealFault`.
 */
export const viewOf = (
  crypto: SealCrypto,
  stored: StoredBytes,
  disclosed: Uint8Array | Closed | undefined,
): EventView => {
  const { index, leaf, metadata } = stored;
  const { recordedAt, actorId } = contentIn(metadata) ?? {};
  return {
    index,
    position: leaf.position,
    streamId: leaf.streamId,
    revision: leaf.revision,
    type: leaf.type,
    recordedAt: textOrNull(recordedAt) ?? '',
    actorId: textOrNull(actorId),
    ...opened(crypto, stored, disclosed),
  };
};
