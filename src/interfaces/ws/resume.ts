import { nameMembers } from '../../application/conversations/conversation-answer.js';
import { messageCursor } from '../../application/messages/message-cursor.js';
import type { ConversationChange, ConversationViews, ReadMark } from '../../application/ports/conversation-views.js';
import type { MessageViews, MissedMessage } from '../../application/ports/message-views.js';
import type { UserDirectory } from '../../application/ports/user-directory.js';
import type { Position, UserId } from '../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../domain/kernel/position.js';

/** More than this is not carried frame by frame. */
export const MAX_RESUMED_FRAMES = 5_000;
/** Nor is more text than this: all of it is in memory until it has been sent. */
export const MAX_RESUMED_TEXT_BYTES = 8 * 1024 * 1024;

export interface ResumeParts {
  readonly conversations: ConversationViews;
  readonly messages: MessageViews;
  readonly directory: UserDirectory;
  readonly maxFrames: number;
  readonly maxTextBytes: number;
}

/** A frame with its place in the order. */
export interface PositionedFrame {
  readonly position: Position;
  readonly content: object;
}

/** It stands where the message was sent, as the live frame did, whatever has changed the message since. */
const sentFrame = ({ sentPosition: position, message }: MissedMessage): PositionedFrame => ({
  position,
  content: { type: 'message.sent', position, message },
});

const readFrame = ({ position, conversationId, userId, messageId, seq, readAt }: ReadMark): PositionedFrame => ({
  position,
  content: { type: 'message.read', position, conversationId, userId, messageId, seq, at: readAt },
});

const textBytesOf = (missed: readonly MissedMessage[]): number =>
  missed.reduce((sum, { message }) => sum + Buffer.byteLength(message.text ?? ''), 0);

/** What a viewer missed behind one position, up to another: read from the read models, never from the log. */
export const missedFrames = ({ conversations, messages, directory, maxFrames, maxTextBytes }: ResumeParts) => {
  /** One frame a conversation, however often it changed: the whole of it, as the viewer sees it now. */
  const changeFrames = async (viewer: UserId, changes: readonly ConversationChange[]): Promise<PositionedFrame[]> => {
    if (changes.length === 0) return [];
    const found = await conversations.findSome(
      viewer,
      changes.map(({ conversationId }) => conversationId),
    );
    const named = await nameMembers(directory, found);
    const byId = new Map(named.map((each) => [each.conversationId, each]));
    return changes.map(({ position, conversationId, kind }) => {
      const conversation = byId.get(conversationId) ?? { conversationId };
      return { position, content: { type: `conversation.${kind}`, position, conversation } };
    });
  };

  const readFrames = async (viewer: UserId, reads: readonly ReadMark[]): Promise<PositionedFrame[]> => {
    if (reads.length === 0) return [];
    const hiding = await directory.withoutReceipts([viewer, ...reads.map(({ userId }) => userId)]);
    const isShown = ({ userId }: ReadMark) => userId === viewer || !(hiding.has(viewer) || hiding.has(userId));
    return reads.filter(isShown).map(readFrame);
  };

  const resync = async (viewer: UserId, after: Position, upTo: Position): Promise<PositionedFrame[]> => {
    const unseen = await conversations.unseenSince(viewer, after);
    const list = unseen.map(({ conversationId, lastSeenSeq }) => ({
      conversationId,
      cursor: messageCursor(lastSeenSeq),
    }));
    return [{ position: upTo, content: { type: 'resync', position: upTo, conversations: list } }];
  };

  /** One query after another, so that a resume takes one connection; none more once it is over, as the socket is gone. */
  return async (viewer: UserId, after: Position, upTo: Position, isOver: () => boolean): Promise<PositionedFrame[]> => {
    const most = maxFrames + 1;
    const reads = await conversations.readsSince(viewer, after, most);
    const changes = await conversations.changesSince(viewer, after, most);
    if (isOver()) return [];
    const sent = await messages.sentSince(viewer, after, most, maxTextBytes);
    if (isOver()) return [];
    const isTooMuch = sent.length + reads.length + changes.length > maxFrames || textBytesOf(sent) > maxTextBytes;
    if (isTooMuch) return resync(viewer, after, upTo);
    const [read, changed] = await Promise.all([readFrames(viewer, reads), changeFrames(viewer, changes)]);
    // What is behind the point where the live frames begin comes with them.
    return [...sent.map(sentFrame), ...read, ...changed]
      .filter(({ position }) => hasReached(upTo, position))
      .sort((one, other) => comparePositions(one.position, other.position));
  };
};
