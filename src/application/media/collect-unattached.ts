import type { Instant, MediaId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { MediaViews } from '../ports/media-views.js';
import type { CollectMedia } from './collect-media.js';

const BATCH = 100;

export interface CollectionParts {
  readonly newContext: () => CommandContext<null>;
  /** Called with a file that could not be removed; it is tried again later. */
  readonly onFailed: (mediaId: MediaId, error: unknown) => void;
}

/**
 * Removes the oldest of the files that were uploaded before this time and that nobody has sent. Answers how many are gone
 * by that: not those that failed, nor those of which the read model is late.
 */
export const collectUnattached =
  (views: Pick<MediaViews, 'unattached'>, collect: CollectMedia) =>
  async (uploadedBefore: Instant, { newContext, onFailed }: CollectionParts): Promise<number> => {
    const due = await views.unattached(uploadedBefore, BATCH);
    let removed = 0;
    for (const mediaId of due)
      try {
        if (await collect(mediaId, uploadedBefore, newContext())) removed += 1;
      } catch (error) {
        onFailed(mediaId, error);
      }
    return removed;
  };
