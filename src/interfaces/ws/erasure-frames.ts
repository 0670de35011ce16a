import { grouped } from '../../application/kernel/grouped.js';
import type { UnseenConversation } from '../../application/ports/conversation-views.js';
import type { Audience } from '../../application/push/audience.js';
import type { ErasureNotice } from '../../application/push/notice.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { resyncOf } from './frames/resync-frame.js';

/** A frame, and all who get it. */
interface ToldErasure {
  readonly viewers: readonly UserId[];
  readonly content: () => object;
}

const idsOf = (conversations: readonly UnseenConversation[]): string =>
  conversations.map(({ conversationId }) => conversationId).join();

/**
 * Answers the frames of an erasure: each viewer gets one, however much has changed, as frames of one position would be taken
 * for repeats. It names the conversations of the viewer in which something has changed. Viewers of the same ones share it.
 */
export const erasureFrames = (
  { since, position }: ErasureNotice,
  changed: readonly UnseenConversation[],
  audience: Audience,
): ToldErasure[] => {
  const seenBy = (viewer: UserId): readonly UnseenConversation[] =>
    changed.filter(({ conversationId }) => audience.of(conversationId).has(viewer));
  const viewers = new Set(changed.flatMap(({ conversationId }) => [...audience.of(conversationId)]));
  const alike = grouped(viewers, (viewer) => idsOf(seenBy(viewer)));
  return [...alike.values()].map((sharing) => ({
    viewers: sharing,
    content: () => resyncOf({ since, position, conversations: seenBy(sharing[0] as UserId), left: [] }),
  }));
};
