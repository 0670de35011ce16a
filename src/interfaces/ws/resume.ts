import { nameMembers } from '../../application/conversations/conversation-answer.js';
import { messageCursor } from '../../application/messages/message-cursor.js';
import type { ConversationChange, ConversationViews, ReadMark } from '../../application/ports/conversation-views.js';
import type { MessageView, MessageViews } from '../../application/ports/message-views.js';
import type { UserDirectory } from '../../application/ports/user-directory.js';
import type { Position, UserId } from '../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../domain/kernel/position.js';

/** More than this is not carried frame by frame. */
const MAX_RESUMED_FRAMES = 5_000;

export interface ResumeParts {
  readonly conversations: ConversationViews;
  readonly messages: MessageViews;
  readonly directory: UserDirectory;
}

/** A frame with its place in the order. */
export interface PositionedFrame {
  readonly position: Position;
  readonly content: object;
}

const sentFrame = (message: MessageView): PositionedFrame => ({
  position: message.position,
  content: { type: 'message.sent', position: message.position, message },
});

const readFrame = ({ position, conversationId, userId, messageId, seq, readAt }: ReadMark): PositionedFrame => ({
  position,
  content: { type: 'message.read', position, conversationId, userId, messageId, seq, at: readAt },
});

/** What a viewer missed behind one position, up to another: read from the read models, never from the log. */
export const missedFrames = ({ conversations, messages, directory }: ResumeParts) => {
  const changeFrame = async (viewer: UserId, change: ConversationChange): Promise<PositionedFrame> => {
    const { position, conversationId, kind, userId } = change;
    const view = await conversations.find(conversationId, viewer);
    const [conversation] = view ? await nameMembers(directory, [view]) : [];
    const whom = userId === null ? {} : { userId };
    const content = {
      type: `conversation.${kind}`,
      position,
      ...whom,
      conversation: conversation ?? { conversationId },
    };
    return { position, content };
  };

  const resync = async (viewer: UserId, after: Position, upTo: Position): Promise<PositionedFrame[]> => {
    const unseen = await conversations.unseenSince(viewer, after);
    const list = unseen.map(({ conversationId, lastSeenSeq }) => ({
      conversationId,
      cursor: messageCursor(lastSeenSeq),
    }));
    return [{ position: upTo, content: { type: 'resync', position: upTo, conversations: list } }];
  };

  return async (viewer: UserId, after: Position, upTo: Position): Promise<PositionedFrame[]> => {
    const most = MAX_RESUMED_FRAMES + 1;
    const [sent, reads, changes] = await Promise.all([
      messages.changedSince(viewer, after, most),
      conversations.readsSince(viewer, after, most),
      conversations.changesSince(viewer, after, most),
    ]);
    if (sent.length + reads.length + changes.length > MAX_RESUMED_FRAMES) return resync(viewer, after, upTo);
    const hiding = await directory.withoutReceipts([viewer, ...reads.map(({ userId }) => userId)]);
    const shown = reads.filter(({ userId }) => userId === viewer || !(hiding.has(viewer) || hiding.has(userId)));
    const changed: PositionedFrame[] = [];
    for (const change of changes) changed.push(await changeFrame(viewer, change));
    // What is behind the point where the live frames begin comes with them.
    return [...sent.map(sentFrame), ...shown.map(readFrame), ...changed]
      .filter(({ position }) => hasReached(upTo, position))
      .sort((one, other) => comparePositions(one.position, other.position));
  };
};
