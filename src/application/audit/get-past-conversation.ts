import type { ConversationId, Instant, MessageId, UserId } from '../../domain/kernel/ids.js';
import type { NamedMember } from '../conversations/conversation-answer.js';
import type { AsOf, OpenAsOf } from './as-of.js';
import { ofMoment, type OfMoment } from './of-moment.js';
import type { Past } from './past.js';
import { pastConversation, requirePastMember, type PastConversation } from './past-conversation.js';
import { usersIn } from './past-messages.js';
import { pastPins, type PastPin } from './past-pins.js';
import { pastReadings, type Onlooker, type PastReading, type PastReadings } from './past-reading.js';
import { pastSummary, type PastSummary } from './past-summary.js';
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

interface ShownConversation extends PastSummary {
  /** In the order in which they joined. Of those who showed the viewer no receipts there is no reading. */
  readonly members: readonly (NamedMember & { readonly reading: ShownReading | null })[];
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
    const [summary, pins, seen] = await Promise.all([
      pastSummary(past, conversation, readings.sent),
      pastPins(past, conversation),
      viewerOf(past, conversation, { viewer, users, own: readings.own }),
    ]);
    const { lastMessage } = summary;
    const answer: PastConversationAnswer = {
      ...ofMoment(past),
      conversation: { ...summary, members: shownMembers(conversation, users, readings), pins },
      viewer: seen,
    };
    return { answer, userIds: [...memberIds, ...usersIn(lastMessage ? [lastMessage] : [])] };
  };
