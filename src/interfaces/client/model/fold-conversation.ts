import type { ChangeFrame, Conversation, Member, MessageFrame, ReadFrame, UserFrame } from '../wire.js';
import { isAfter, laterOf } from './positions.js';

/** A conversation shows this many members. */
const SHOWN_MEMBERS = 20;

/** Answers the ordinal up to which the user has read. */
export const readSeqOf = ({ lastMessage, unreadCount }: Conversation): number => (lastMessage?.seq ?? 0) - unreadCount;

const membersAfter = (known: readonly Member[], { type, members = [], userIds = [] }: ChangeFrame): Member[] => {
  if (type === 'conversation.role_changed') {
    const roles = new Map(members.map(({ userId, role }) => [userId, role]));
    return known.map((each) => ({ ...each, role: roles.get(each.userId) ?? each.role }));
  }
  const moving = new Set([...userIds, ...members.map(({ userId }) => userId)]);
  return [...known.filter(({ userId }) => !moving.has(userId)), ...(members as Member[])].slice(0, SHOWN_MEMBERS);
};

/** Says whether a frame shows a conversation whole, and so replaces what was known of it. */
export const isWhole = (shown: ChangeFrame['conversation']): shown is Conversation => 'unreadCount' in shown;

/** Folds what all members see alike into a conversation. */
export const changed = (known: Conversation, frame: ChangeFrame): Conversation => {
  const { conversation } = frame;
  return {
    ...known,
    ...conversation,
    members: conversation.members ?? membersAfter(known.members, frame),
    position: laterOf(known.position, conversation.position ?? '0'),
  };
};

/** Folds a message that was sent into its conversation; undefined when it is no news. */
export const sent = (known: Conversation, { message }: MessageFrame, me: string): Conversation | undefined => {
  if (message.seq <= (known.lastMessage?.seq ?? 0)) return undefined;
  const isOwn = message.senderId === me;
  return {
    ...known,
    lastMessage: message,
    lastActivityAt: message.sentAt,
    position: laterOf(known.position, message.position),
    unreadCount: isOwn ? 0 : message.seq - readSeqOf(known),
    lastReadMessageId: isOwn ? message.messageId : known.lastReadMessageId,
  };
};

/** Folds a change of a message into its conversation. */
export const messageChanged = (known: Conversation, { position, message }: MessageFrame): Conversation => {
  const { lastMessage } = known;
  const isLast = message.seq === lastMessage?.seq && !isAfter(lastMessage.position, message.position);
  return { ...known, lastMessage: isLast ? message : lastMessage, position: laterOf(known.position, position) };
};

/** Folds how far the user has read, on another device, into a conversation; undefined when it is no news. */
export const read = (known: Conversation, { messageId, seq }: ReadFrame): Conversation | undefined =>
  seq <= readSeqOf(known)
    ? undefined
    : { ...known, unreadCount: (known.lastMessage?.seq ?? 0) - seq, lastReadMessageId: messageId };

/** Gives a member the names that a frame tells; undefined when the user is not among those shown. */
export const named = (known: Conversation, { user }: UserFrame): Conversation | undefined => {
  const { userId, username, displayName } = user;
  if (!known.members.some((each) => each.userId === userId)) return undefined;
  return {
    ...known,
    members: known.members.map((each) => (each.userId === userId ? { ...each, username, displayName } : each)),
  };
};
