import type { Conversation, Member, NewMessage } from '../wire.js';

/** Answers the lane of a message: its conversation, also where a recipient names it, or else the recipient. */
export const laneOf = (
  { conversationId, recipientId, recipient }: NewMessage,
  inbox: readonly Conversation[],
  me: string | undefined,
): string => {
  const name = recipient?.toLowerCase();
  const isRecipient = ({ userId, username }: Member): boolean =>
    userId !== me && (userId === recipientId || username.toLowerCase() === name);
  const direct = (): Conversation | undefined =>
    inbox.find(({ kind, members }) => kind === 'direct' && members.some(isRecipient));
  return conversationId ?? direct()?.conversationId ?? recipientId ?? recipient ?? '';
};
