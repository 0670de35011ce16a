import { isStoreAway } from '../../application/media/clear-up.js';
import type { BlobName } from '../../application/ports/blob-store.js';
import type { Instant } from '../../domain/kernel/ids.js';
import type { BlobFiles } from './blob-files.js';

/** Where files are, and where they are to be. */
export interface BlobMove {
  readonly from: BlobFiles;
  readonly to: BlobFiles;
}

export interface MoveSteps {
  /** Called after each file that was moved. */
  readonly onMoved: () => void;
  /** Called with a file that could not be moved. It stays where it is. */
  readonly onFailed: (blob: BlobName, error: unknown) => void;
}

const PIECE_BYTES = 512 * 1024;
/** Later than anything was written. */
const ANY_TIME = '9999-12-31T00:00:00.000Z' as Instant;

const copy = async ({ from, to }: BlobMove, blob: BlobName, size: number): Promise<void> => {
  const sizes = Array.from({ length: Math.ceil(size / PIECE_BYTES) }, () => PIECE_BYTES);
  const draft = await to.begin(blob);
  try {
    let copied = 0;
    for await (const piece of from.read(blob, 0, sizes)) {
      await draft.append(piece);
      copied += piece.length;
    }
    if (copied !== size) throw new Error(`${blob.name} has ${copied} bytes instead of ${size}`);
    await draft.commit();
  } catch (error) {
    await draft.discard();
    throw error;
  }
};

/**
 * Moves a file, and answers whether it was there: it is whole in its new place before it goes from the old one. One that is there already is
 * written again: it may be of a node that was killed before it was acknowledged, and would be removed later as unfinished.
 */
const move = async (places: BlobMove, blob: BlobName): Promise<boolean> => {
  const { from } = places;
  const size = await from.sizeOf(blob);
  if (size === undefined) return false;
  await copy(places, blob, size);
  await from.remove(blob);
  return true;
};

/** Moves all files, sealed as they are. Answers how many. One that fails holds up no others, unless no other can be moved either. */
export const moveBlobFiles = async (places: BlobMove, { onMoved, onFailed }: MoveSteps): Promise<number> => {
  const isMoved = async (blob: BlobName): Promise<boolean> => {
    try {
      return await move(places, blob);
    } catch (error) {
      if (isStoreAway(error)) throw error;
      // Another node that shares the folder may have moved it.
      if ((await places.from.sizeOf(blob)) !== undefined) onFailed(blob, error);
      return false;
    }
  };

  let moved = 0;
  for await (const blob of places.from.list(ANY_TIME)) {
    if (!(await isMoved(blob))) continue;
    moved += 1;
    onMoved();
  }
  return moved;
};

/** Answers how many are still to be moved. */
export const blobsToMove = async ({ from }: BlobMove): Promise<number> => {
  let count = 0;
  for await (const _ of from.list(ANY_TIME)) count += 1;
  return count;
};
