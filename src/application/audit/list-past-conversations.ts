import type { Instant, UserId } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { NamedMember } from '../conversations/conversation-answer.js';
import { inboxCursor, openInboxCursor } from '../conversations/inbox-cursor.js';
import { MEMBERS_IN_LISTS } from '../ports/conversation-views.js';
import type { AsOf, OpenAsOf } from './as-of.js';
import { ofMoment, type OfMoment } from './of-moment.js';
import type { Past } from './past.js';
import { findPastConversation, type PastConversation, type PastMember } from './past-conversation.js';
import { usersIn } from './past-messages.js';
import { pastReadings } from './past-reading.js';
import { pastSummary, type PastSummary } from './past-summary.js';
import { namesOf, pastUsers, type PastUser } from './past-users.js';
import { pastViewer, type PastViewer } from './past-viewer.js';

export interface PastConversationsQuery {
  /** The member who saw them. */
  readonly userId: UserId;
  readonly asOf?: AsOf | undefined;
  readonly cursor?: string | undefined;
}

interface ListedConversation {
  /** With the members who joined first, as in every list. */
  readonly conversation: PastSummary & { readonly members: readonly NamedMember[] };
  readonly viewer: PastViewer;
}

export interface PastConversationsPage extends OfMoment {
  /** Those in which something was sent last come first. */
  readonly conversations: readonly ListedConversation[];
  readonly nextCursor: string | null;
}

/** So many conversations are looked at for a page, those included that the user had left: so it may be shorter than asked for. */
const MOST_LOOKED_AT = 200;

const namedMembers = (members: readonly PastMember[], users: ReadonlyMap<UserId, PastUser>): NamedMember[] =>
  members.map(({ userId, role, joinedAt }) => ({ userId, ...namesOf(users.get(userId)), role, joinedAt }));

/** Answers a conversation as a member saw it in their list; undefined where they were none. */
const listed = async (
  past: Past,
  conversation: PastConversation | undefined,
  userId: UserId,
): Promise<ListedConversation | undefined> => {
  const own = conversation?.members.filter((member) => member.userId === userId) ?? [];
  if (!conversation || own.length === 0) return undefined;
  const shown = conversation.members.slice(0, MEMBERS_IN_LISTS);
  const users = await pastUsers(past, [...new Set([userId, ...shown.map((member) => member.userId)])]);
  const readings = await pastReadings(past, { ...conversation, members: own }, { viewer: undefined, users });
  const reading = readings.own.get(userId);
  if (!reading) return undefined;
  const [summary, viewer] = await Promise.all([
    pastSummary(past, conversation, readings.sent),
    pastViewer(past, conversation, { userId, reading, user: users.get(userId) }),
  ]);
  return { conversation: { ...summary, members: namedMembers(shown, users) }, viewer };
};

/**
 * Lists the conversations of a user as they saw them at a moment, the one with the newest message first. Rejects `user_not_found`
 * where they had not registered.
 */
export const listPastConversations =
  (open: OpenAsOf) =>
  async ({ userId, asOf, cursor }: PastConversationsQuery, limit: number, now: Instant) => {
    const past = await open(asOf, now);
    if (!(await pastUsers(past, [userId])).has(userId)) return reject('user_not_found');
    const before = openInboxCursor(cursor);
    const places = (await past.conversationsOf(userId)).filter(
      ({ position }) => before === undefined || !hasReached(position, before),
    );
    const conversations: ListedConversation[] = [];
    let looked = 0;
    for (const { conversationId } of places.slice(0, MOST_LOOKED_AT)) {
      if (conversations.length === limit) break;
      looked += 1;
      const found = await listed(past, await findPastConversation(past, conversationId), userId);
      if (found) conversations.push(found);
    }
    const last = places[looked - 1];
    const nextCursor = last && looked < places.length ? inboxCursor(last.position) : null;
    const page: PastConversationsPage = { ...ofMoment(past), conversations, nextCursor };
    const shown = conversations.flatMap(({ conversation: { members, lastMessage } }) => [
      ...members.map((member) => member.userId),
      ...usersIn(lastMessage ? [lastMessage] : []),
    ]);
    return { page, userIds: [userId, ...shown] };
  };
