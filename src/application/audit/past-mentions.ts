import type { Position, UserId } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';
import type { MessageEvents } from '../../domain/messages/events.js';
import type { Past } from './past.js';
import type { PastConversation } from './past-conversation.js';

type Written = MessageEvents['MessageSent' | 'MessageEdited'];

/** Counts the messages behind a position that mentioned a user, as they were then. */
export const countPastMentions = async (
  past: Past,
  { conversationId }: PastConversation,
  { userId, after }: { readonly userId: UserId; readonly after: Position },
): Promise<number> => {
  const types = ['MessageSent', 'MessageEdited'] as const;
  const places = await past.concerning({ userId, conversationId, types, after });
  const streams = [...new Set(places.map(({ streamId }) => streamId))];
  const sent = await past.places({ streams, types: ['MessageSent'] });
  const unread = sent.filter(({ position }) => !hasReached(after, position)).map(({ streamId }) => streamId);
  const written = (await past.lastEvents(unread)).flatMap(({ type, data }) =>
    type === 'MessageDeleted' ? [] : [data as Written],
  );
  const mentioning = written.filter(({ mentions = [] }) => mentions.includes(userId));
  const erasures = await past.erasures(mentioning.map(({ senderId }) => senderId));
  return mentioning.filter(({ senderId }) => !past.has(erasures.get(senderId))).length;
};
