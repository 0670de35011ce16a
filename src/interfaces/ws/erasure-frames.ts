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

/**
 * Answers the frames of an erasure: each viewer gets one, however much has changed, as frames of one position would be taken
 * for repeats. It names the conversations of the viewer in which something has changed. Viewers of the same ones share it.
 */
export const erasureFrames = (
  { since, position }: ErasureNotice,
  changed: readonly UnseenConversation[],
  audience: Audience,
): ToldErasure[] => {
  const byViewer = new Map<UserId, UnseenConversation[]>();
  for (const conversation of changed)
    for (const viewer of audience.of(conversation.conversationId))
      byViewer.set(viewer, [...(byViewer.get(viewer) ?? []), conversation]);
  const shared = new Map<string, { viewers: UserId[]; conversations: readonly UnseenConversation[] }>();
  for (const [viewer, conversations] of byViewer) {
    const key = conversations.map(({ conversationId }) => conversationId).join();
    const alike = shared.get(key) ?? { viewers: [], conversations };
    alike.viewers.push(viewer);
    shared.set(key, alike);
  }
  return [...shared.values()].map(({ viewers, conversations }) => ({
    viewers,
    content: () => resyncOf({ since, position, conversations, left: [] }),
  }));
};
