import type { ConversationKind } from '../../domain/conversations/events.js';
import type { ConversationId, Instant, MessageId, UserId } from '../../domain/kernel/ids.js';
import type { NamedMember } from '../conversations/conversation-answer.js';
import { ERASED } from '../kernel/erased.js';
import type { SentCount } from '../ports/past-index.js';
import type { AsOf, OpenAsOf } from './as-of.js';
import { ofMoment, type OfMoment } from './of-moment.js';
import type { Past } from './past.js';
import { pastConversation, requirePastMember, type PastConversation } from './past-conversation.js';
import type { PastMessageView } from './past-message.js';
import { pastMessages, usersIn } from './past-messages.js';
import { pastPins, type PastPin } from './past-pins.js';
import { pastReadings, type Onlooker, type PastReading, type PastReadings } from './past-reading.js';
import { namesOf, pastUsers, type PastUser } from './past-users.js';
import { pastViewer, type PastViewer } from './past-viewer.js';

export interface PastConversationQuery {
  readonly conversationId: ConversationId;
  readonly asOf?: AsOf | undefined;
  /** The member who saw it. */
  readonly viewer?: UserId | undefined;
}

/** How far a member had come, as it is answered. */
interface ShownReading {
  readonly lastReadMessageId: MessageId | null;
  readonly unreadCount: number;
  readonly readAt: Instant | null;
}

interface ShownConversation {
  readonly conversationId: ConversationId;
  readonly kind: ConversationKind;
  readonly title: string | null;
  readonly createdAt: Instant;
  readonly memberCount: number;
  /** In the order in which they joined. Of those who showed the viewer no receipts there is no reading. */
  readonly members: readonly (NamedMember & { readonly reading: ShownReading | null })[];
  readonly messageCount: number;
  readonly lastMessage: PastMessageView | null;
  readonly lastActivityAt: Instant;
  readonly pins: readonly PastPin[];
}

interface PastConversationAnswer extends OfMoment {
  readonly conversation: ShownConversation;
  readonly viewer: PastViewer | null;
}

const shownReading = (reading: PastReading | undefined): ShownReading | null => {
  if (!reading) return null;
  const { last, unreadCount, readAt } = reading;
  return { lastReadMessageId: last?.messageId ?? null, unreadCount, readAt };
};

const titleOf = async (past: Past, { state: { title }, titledBy }: PastConversation): Promise<string | null> =>
  title !== null && (await past.erasures([titledBy])).has(titledBy) ? ERASED : title;

const lastMessageOf = async (past: Past, { last, messages: seq }: SentCount): Promise<PastMessageView | null> =>
  last ? ((await pastMessages(past, [{ messageId: last.messageId, seq }]))[0] ?? null) : null;

const shownMembers = (
  { members }: PastConversation,
  users: ReadonlyMap<UserId, PastUser>,
  { shown }: PastReadings,
): ShownConversation['members'] =>
  members.map(({ userId, role, joinedAt }) => {
    const reading = shownReading(shown.get(userId));
    return { userId, ...namesOf(users.get(userId)), role, joinedAt, reading };
  });

const viewerOf = async (
  past: Past,
  conversation: PastConversation,
  { viewer, users, own }: Onlooker & Pick<PastReadings, 'own'>,
): Promise<PastViewer | null> => {
  const reading = viewer === undefined ? undefined : own.get(viewer);
  if (viewer === undefined || !reading) return null;
  return pastViewer(past, conversation, { userId: viewer, reading, user: users.get(viewer) });
};

/**
 * Answers a conversation as it was at a moment: its members and their roles, and how far each had read, also those who showed it
 * nobody. For a viewer it is what that member saw, who has to have been one then.
 */
export const getPastConversation =
  (open: OpenAsOf) =>
  async ({ conversationId, asOf, viewer }: PastConversationQuery, now: Instant) => {
    const past = await open(asOf, now);
    const conversation = await pastConversation(past, conversationId);
    if (viewer !== undefined) requirePastMember(conversation, viewer);
    const memberIds = conversation.members.map(({ userId }) => userId);
    const users = await pastUsers(past, memberIds);
    const readings = await pastReadings(past, conversation, { viewer, users });
    const [title, lastMessage, pins, seen] = await Promise.all([
      titleOf(past, conversation),
      lastMessageOf(past, readings.sent),
      pastPins(past, conversation),
      viewerOf(past, conversation, { viewer, users, own: readings.own }),
    ]);
    const { createdAt, state } = conversation;
    const answer: PastConversationAnswer = {
      ...ofMoment(past),
      conversation: {
        ...{ conversationId, kind: state.kind, title, createdAt, memberCount: memberIds.length },
        members: shownMembers(conversation, users, readings),
        ...{ messageCount: readings.sent.messages, lastMessage, pins },
        lastActivityAt: lastMessage?.sentAt ?? createdAt,
      },
      viewer: seen,
    };
    return { answer, userIds: [...memberIds, ...usersIn(lastMessage ? [lastMessage] : [])] };
  };
