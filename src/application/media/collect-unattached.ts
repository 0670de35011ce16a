import type { Instant, MediaId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { MediaViews } from '../ports/media-views.js';
import type { CollectMedia } from './collect-media.js';

const BATCH = 100;
/** A round ends after so many files. */
const MOST_TRIED = 10_000;

export interface CollectionParts {
  readonly newContext: () => CommandContext<null>;
  /** Called with a file that could not be removed; it is tried again in the next round. */
  readonly onFailed: (mediaId: MediaId, error: unknown) => void;
  /** Called after each file. */
  readonly onTried: () => void;
}

/**
 * Removes the files that were uploaded before this time and that nobody has sent, the oldest first. Answers how many are gone
 * by that: not those that failed, nor those of which the read model is late. Each is tried once in a round, so that files
 * that cannot be removed hold up no others.
 */
export const collectUnattached =
  (views: Pick<MediaViews, 'unattached'>, collect: CollectMedia) =>
  async (uploadedBefore: Instant, { newContext, onFailed, onTried }: CollectionParts): Promise<number> => {
    const tried: MediaId[] = [];
    let removed = 0;
    const tryOne = async (mediaId: MediaId): Promise<void> => {
      try {
        if (await collect(mediaId, uploadedBefore, newContext())) removed += 1;
      } catch (error) {
        onFailed(mediaId, error);
      }
      onTried();
    };
    for (let isEnd = false; !isEnd;) {
      const due = await views.unattached(uploadedBefore, BATCH, tried);
      for (const mediaId of due) await tryOne(mediaId);
      tried.push(...due);
      isEnd = due.length < BATCH || tried.length >= MOST_TRIED;
    }
    return removed;
  };
