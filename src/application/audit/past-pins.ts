import { Folding, followsFrom } from '../../domain/kernel/decider.js';
import { streamOf, type Instant, type MessageId, type UserId } from '../../domain/kernel/ids.js';
import { pins } from '../../domain/pins/decider.js';
import type { PastConversation } from './past-conversation.js';
import type { Past } from './past.js';

/** A message that was pinned. */
export interface PastPin {
  readonly messageId: MessageId;
  readonly pinnedBy: UserId;
  readonly pinnedAt: Instant;
}

/** Lists the messages of a conversation that were pinned then, the one pinned last first. */
export const pastPins = async (past: Past, { conversationId }: PastConversation): Promise<PastPin[]> => {
  const folding = new Folding(pins);
  const pinnings = new Map<MessageId, PastPin>();
  for (const event of await past.events({ streams: [streamOf(pins.category, conversationId)] })) {
    if (!followsFrom(pins, event)) continue;
    folding.add(event);
    if (event.type !== 'MessagePinned') continue;
    const { messageId, pinnedBy, pinnedAt } = event.data;
    pinnings.set(messageId, { messageId, pinnedBy, pinnedAt });
  }
  return [...folding.state().pinned].reverse().flatMap((messageId) => pinnings.get(messageId) ?? []);
};
