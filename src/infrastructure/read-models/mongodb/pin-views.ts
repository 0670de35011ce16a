import type { PinViews } from '../../../application/ports/pin-views.js';
import type { Reading } from '../../projections/mongodb/used-generation.js';
import { pinViewsInMemory } from '../memory/pin-views.js';
import { answeringFrom } from './loaded-messages.js';

/** Pinned messages in MongoDB. */
export const createPinViews = (reading: Reading): PinViews => {
  const answer = answeringFrom(reading, pinViewsInMemory);
  return {
    list: (conversationId) =>
      answer(
        async (loaded) => {
          const pins = await loaded.read('pins', { conversationId, isPinned: true });
          await loaded.shownBeside(await loaded.messages(pins.map(({ messageId }) => messageId)));
        },
        (views) => views.list(conversationId),
      ),
    changedSince: (viewer, after, limit) =>
      answer(
        async (loaded) => {
          const members = await loaded.memberships([viewer]);
          const conversationId = { $in: members.map((each) => each.conversationId) };
          await loaded.read(
            'pins',
            { conversationId, position: loaded.behind(after) },
            { sort: { position: 1 }, limit },
          );
        },
        (views) => views.changedSince(viewer, after, limit),
      ),
    pinnedBy: (userId) =>
      answer(
        (loaded) => loaded.read('pins', { userId, isPinned: true }),
        (views) => views.pinnedBy(userId),
      ),
  };
};
