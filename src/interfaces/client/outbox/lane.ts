import type { AckFrame, Conversation, Member, NewMessage } from '../wire.js';
import type { Command } from './command.js';

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

/** The lanes of commands as answers show them: what is sent to a user belongs to the conversation that this has started. */
export class Lanes {
  readonly #started = new Map<string, string>();

  /** Notes what the answer to a command says of its conversation. */
  learn({ content, lane }: Command, { conversationId }: AckFrame): void {
    if (conversationId !== undefined && !('conversationId' in content)) this.#started.set(lane, conversationId);
  }

  /** Answers the lane of a command by now. */
  of({ lane }: Command): string {
    return this.#started.get(lane) ?? lane;
  }
}
