import { receiptsSince } from './receipts-since.js';
import { inboxCursor, openInboxCursor } from '../../../application/conversations/inbox-cursor.js';
import {
  ALL_MEMBERS,
  MEMBERS_IN_LISTS,
  type ChangedConversation,
  type ConversationChange,
  type ConversationChangeLookup,
  type ConversationView,
  type ConversationViews,
  type Erasure,
} from '../../../application/ports/conversation-views.js';
import type { ConversationRow, MemberRow, MessagesTables } from '../../../application/projections/messages-tables.js';
import { DEFAULT_PREFERENCES } from '../../../domain/preferences/preferences.js';
import type { Position, UserId } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../../domain/kernel/position.js';
import { byPlace, byPosition, ConversationReader } from './conversation-reader.js';
import { compareJoining } from './members.js';

const sharedOf = (reader: ConversationReader, row: ConversationRow, shownMembers: number) => ({
  conversationId: row.conversationId,
  kind: row.kind,
  title: row.title,
  members: reader
    .activeMembers(row.conversationId)
    .slice(0, shownMembers)
    .map(({ userId, role, joinedAt }) => ({ userId, role, joinedAt })),
  memberCount: row.memberCount,
  createdAt: row.createdAt,
  position: row.position,
});

const viewOf = (reader: ConversationReader, viewer: MemberRow, shownMembers: number): ConversationView[] => {
  const row = reader.conversation(viewer.conversationId);
  if (!row || !viewer.active) return [];
  return [
    {
      ...sharedOf(reader, row, shownMembers),
      lastMessage: reader.messageAt(row.conversationId, row.lastSeq),
      lastActivityAt: row.lastActivityAt,
      unreadCount: row.lastSeq - viewer.readSeq,
      mentionCount: reader.mentionsBehind(viewer),
      lastReadMessageId: reader.messageAt(row.conversationId, viewer.readSeq)?.messageId ?? null,
      preferences: reader.preferences(row.conversationId, viewer.userId)?.preferences ?? DEFAULT_PREFERENCES,
    },
  ];
};

/**
 * Says whether a removed member was among those that lists show. One who has come back since is assumed to have been.
 */
const areShifted = (reader: ConversationReader, { conversationId, removed }: ConversationChangeLookup): boolean => {
  const lastShown = reader.activeMembers(conversationId)[MEMBERS_IN_LISTS - 1];
  return removed.some(({ userId, position }) => {
    const was = reader.member(conversationId, userId);
    if (!was) return false;
    return !lastShown || !hasReached(position, was.position) || compareJoining(was, lastShown) < 0;
  });
};

const changedOf = (reader: ConversationReader, lookup: ConversationChangeLookup): ChangedConversation | undefined => {
  const { conversationId, position, joined } = lookup;
  const row = reader.conversation(conversationId);
  if (!row) return undefined;
  const joinedSeqs = joined.flatMap((userId) => reader.member(conversationId, userId)?.joinedSeq ?? []);
  const gone = reader.members(conversationId).filter((each) => !each.active && !hasReached(position, each.position));
  return {
    ...sharedOf(reader, row, MEMBERS_IN_LISTS),
    areMembersShifted: areShifted(reader, lookup),
    preferences: new Map(
      joined.flatMap((userId) => {
        const found = reader.preferences(conversationId, userId);
        return found ? [[userId, found.preferences]] : [];
      }),
    ),
    removedSince: new Set(gone.map(({ userId }) => userId)),
    lastBeforeJoining: joinedSeqs.length === 0 ? null : reader.messageAt(conversationId, Math.min(...joinedSeqs)),
  };
};

/** Before they joined nothing counts; where they are no member any more it is their removal. */
const firstChange = (reader: ConversationReader, viewer: MemberRow, after: Position): ConversationChange[] => {
  const { conversationId, active, joinedPosition, position } = viewer;
  const first = reader
    .changesOf(conversationId)
    .find(
      (each) =>
        !hasReached(after, each.position) &&
        (active ? hasReached(each.position, joinedPosition) : each.position === position),
    );
  if (!first) return [];
  const { userId: _, ...change } = first;
  return [change];
};

/** Lists the conversations that a user is in, the newest activity first. */
const inboxOf = (
  reader: ConversationReader,
  viewer: UserId,
  { before, limit }: Parameters<ConversationViews['inbox']>[1],
): Awaited<ReturnType<ConversationViews['inbox']>> => {
  const place = openInboxCursor(before);
  const listed = reader
    .membershipsOf(viewer)
    .flatMap((member) => {
      const row = reader.conversation(member.conversationId);
      const isListed = member.active && row && (place === undefined || !hasReached(row.activityPosition, place));
      return isListed ? [{ member, at: row.activityPosition }] : [];
    })
    .sort((one, other) => comparePositions(other.at, one.at));
  const last = listed[limit - 1];
  return {
    conversations: listed.slice(0, limit).flatMap(({ member }) => viewOf(reader, member, MEMBERS_IN_LISTS)),
    nextCursor: listed.length > limit && last ? inboxCursor(last.at) : null,
  };
};

/** Lists where an erasure changed something, of the conversations that the user was ever in. */
const changedByErasure = (reader: ConversationReader, { userId, position, since }: Erasure) =>
  reader
    .membershipsOf(userId)
    .map(({ conversationId }) => ({ conversationId, ...reader.seenUpTo(conversationId, since) }))
    .filter(
      ({ conversationId, areSeenChanged }) =>
        areSeenChanged || reader.changesOf(conversationId).some((each) => each.position === position),
    )
    .sort((one, other) => (one.conversationId < other.conversationId ? -1 : 1));

const unseenSince = (reader: ConversationReader, memberships: readonly MemberRow[], after: Position) =>
  memberships
    .flatMap(({ conversationId }) => reader.conversation(conversationId) ?? [])
    .filter(({ position }) => !hasReached(after, position))
    .sort(byPlace)
    .map(({ conversationId }) => ({ conversationId, ...reader.seenUpTo(conversationId, after) }));

/** Conversations in memory. */
export const conversationViewsInMemory = (tables: () => MessagesTables): ConversationViews => {
  const reader = () => new ConversationReader(tables());
  const activeOf = (userId: UserId) =>
    reader()
      .membershipsOf(userId)
      .filter(({ active }) => active);
  return {
    find: async (conversationId, viewer) => {
      const member = reader().member(conversationId, viewer);
      return member && viewOf(reader(), member, ALL_MEMBERS)[0];
    },
    isMember: async (conversationId, viewer) => reader().member(conversationId, viewer)?.active ?? false,
    findSome: async (viewer, conversationIds) =>
      conversationIds.flatMap((conversationId) => {
        const member = reader().member(conversationId, viewer);
        return member ? viewOf(reader(), member, MEMBERS_IN_LISTS) : [];
      }),
    findChanged: async (changes) => changes.map((each) => changedOf(reader(), each)),
    inbox: async (viewer, page) => inboxOf(reader(), viewer, page),
    membershipsOf: async (userIds) =>
      userIds.flatMap((each) => activeOf(each).map(({ userId, conversationId }) => ({ userId, conversationId }))),
    changesSince: async (viewer, after, limit) =>
      reader()
        .membershipsOf(viewer)
        .flatMap((member) => firstChange(reader(), member, after))
        .sort(byPlace)
        .slice(0, limit),
    preferencesSince: async (viewer, after, limit) =>
      activeOf(viewer)
        .flatMap(({ conversationId }) => reader().preferences(conversationId, viewer) ?? [])
        .filter(({ position }) => !hasReached(after, position))
        .sort(byPosition)
        .slice(0, limit)
        .map(({ userId: _, ...change }) => change),
    readsSince: async (viewer, after, limit) =>
      activeOf(viewer)
        .flatMap(({ conversationId }) => reader().ownRead(conversationId, viewer, after) ?? [])
        .sort(byPosition)
        .slice(0, limit),
    receiptsSince: async (viewer, after, limit) => receiptsSince(reader(), activeOf(viewer), after).slice(0, limit),
    unseenSince: async (viewer, after) => unseenSince(reader(), activeOf(viewer), after),
    changedByErasure: async (erasure) => changedByErasure(reader(), erasure),
    leftSince: async (viewer, after) => reader().leftSince(viewer, after),
  };
};
