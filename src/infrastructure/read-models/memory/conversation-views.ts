import { inboxCursor, openInboxCursor } from '../../../application/conversations/inbox-cursor.js';
import { messageView } from '../../../application/messages/message-view.js';
import type {
  ChangedConversation,
  ConversationChange,
  ConversationChangeLookup,
  ConversationView,
  ConversationViews,
  ReadMark,
} from '../../../application/ports/conversation-views.js';
import type { MessageView } from '../../../application/ports/message-views.js';
import {
  memberKey,
  type ChangeRow,
  type ConversationRow,
  type MemberRow,
  type MessagesTables,
} from '../../../application/projections/messages-tables.js';
import type { ConversationId, Position, UserId } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../../domain/kernel/position.js';
import { compareJoining, inOrderOfJoining } from './members.js';

/** How many members a list shows of each conversation. */
const MEMBERS_IN_LISTS = 20;
const ALL_MEMBERS = 1_000;

const byPosition = (one: { readonly position: Position }, other: { readonly position: Position }): number =>
  comparePositions(one.position, other.position);

/** What views of conversations ask of the tables. */
class Rows {
  readonly #tables: MessagesTables;

  constructor(tables: MessagesTables) {
    this.#tables = tables;
  }

  conversation(conversationId: ConversationId): ConversationRow | undefined {
    return this.#tables.conversations.get(conversationId);
  }

  /** Those who have left too. */
  member(conversationId: ConversationId, userId: UserId): MemberRow | undefined {
    return this.#tables.members.get(memberKey(conversationId, userId));
  }

  members(conversationId: ConversationId): readonly MemberRow[] {
    return [...this.#tables.members.values()].filter((each) => each.conversationId === conversationId);
  }

  activeMembers(conversationId: ConversationId): readonly MemberRow[] {
    return inOrderOfJoining(this.members(conversationId).filter(({ active }) => active));
  }

  /** What somebody is in, or was. */
  membershipsOf(userId: UserId): readonly MemberRow[] {
    return [...this.#tables.members.values()].filter((each) => each.userId === userId);
  }

  messageAt(conversationId: ConversationId, seq: number): MessageView | null {
    const row = [...this.#tables.messages.values()].find(
      (each) => each.conversationId === conversationId && each.seq === seq,
    );
    return row ? messageView(row) : null;
  }

  /** The ordinal of the last message up to a position. */
  seqUpTo(conversationId: ConversationId, position: Position): number {
    return [...this.#tables.messages.values()]
      .filter((each) => each.conversationId === conversationId && hasReached(position, each.sentPosition))
      .reduce((last, { seq }) => Math.max(last, seq), 0);
  }

  changesOf(conversationId: ConversationId): readonly ChangeRow[] {
    return [...this.#tables.changes.values()].filter((each) => each.conversationId === conversationId).sort(byPosition);
  }

  /** Of each member the newest behind a position, as far as the viewer may see it. */
  readsOf(conversationId: ConversationId, viewer: UserId, after: Position): readonly ReadMark[] {
    const newest = new Map<UserId, ReadMark>();
    const shown = [...this.#tables.reads.values()].filter(
      (read) =>
        read.conversationId === conversationId &&
        !hasReached(after, read.position) &&
        (!read.hidden || read.userId === viewer),
    );
    for (const { hidden: _, ...read } of shown.sort(byPosition)) newest.set(read.userId, read);
    return [...newest.values()];
  }
}

const sharedOf = (rows: Rows, row: ConversationRow, shownMembers: number) => ({
  conversationId: row.conversationId,
  kind: row.kind,
  title: row.title,
  members: rows
    .activeMembers(row.conversationId)
    .slice(0, shownMembers)
    .map(({ userId, role, joinedAt }) => ({ userId, role, joinedAt })),
  memberCount: row.memberCount,
  createdAt: row.createdAt,
  position: row.position,
});

const viewOf = (rows: Rows, viewer: MemberRow, shownMembers: number): ConversationView[] => {
  const row = rows.conversation(viewer.conversationId);
  if (!row || !viewer.active) return [];
  return [
    {
      ...sharedOf(rows, row, shownMembers),
      lastMessage: rows.messageAt(row.conversationId, row.lastSeq),
      lastActivityAt: row.lastActivityAt,
      unreadCount: row.lastSeq - viewer.readSeq,
      lastReadMessageId: rows.messageAt(row.conversationId, viewer.readSeq)?.messageId ?? null,
    },
  ];
};

/** Whether a removed member was among those that lists show. One who has come back since is taken for so. */
const areShifted = (rows: Rows, { conversationId, removed }: ConversationChangeLookup): boolean => {
  const lastShown = rows.activeMembers(conversationId)[MEMBERS_IN_LISTS - 1];
  return removed.some(({ userId, position }) => {
    const was = rows.member(conversationId, userId);
    if (!was) return false;
    return !lastShown || !hasReached(position, was.position) || compareJoining(was, lastShown) < 0;
  });
};

const changedOf = (rows: Rows, lookup: ConversationChangeLookup): ChangedConversation | undefined => {
  const { conversationId, position, joined } = lookup;
  const row = rows.conversation(conversationId);
  if (!row) return undefined;
  const joinedSeqs = joined.flatMap((userId) => rows.member(conversationId, userId)?.joinedSeq ?? []);
  const gone = rows.members(conversationId).filter((each) => !each.active && !hasReached(position, each.position));
  return {
    ...sharedOf(rows, row, MEMBERS_IN_LISTS),
    areMembersShifted: areShifted(rows, lookup),
    removedSince: new Set(gone.map(({ userId }) => userId)),
    lastBeforeJoining: joinedSeqs.length === 0 ? null : rows.messageAt(conversationId, Math.min(...joinedSeqs)),
  };
};

/** Before they joined nothing counts; where they are no member any more it is their removal. */
const firstChange = (rows: Rows, viewer: MemberRow, after: Position): ConversationChange[] => {
  const { conversationId, active, joinedPosition, position } = viewer;
  const first = rows
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

/** What somebody is in, the newest activity first. */
const inboxOf = (
  rows: Rows,
  viewer: UserId,
  { before, limit }: Parameters<ConversationViews['inbox']>[1],
): Awaited<ReturnType<ConversationViews['inbox']>> => {
  const place = openInboxCursor(before);
  const listed = rows
    .membershipsOf(viewer)
    .flatMap((member) => {
      const row = rows.conversation(member.conversationId);
      const isListed = member.active && row && (place === undefined || !hasReached(row.activityPosition, place));
      return isListed ? [{ member, at: row.activityPosition }] : [];
    })
    .sort((one, other) => comparePositions(other.at, one.at));
  const last = listed[limit - 1];
  return {
    conversations: listed.slice(0, limit).flatMap(({ member }) => viewOf(rows, member, MEMBERS_IN_LISTS)),
    nextCursor: listed.length > limit && last ? inboxCursor(last.at) : null,
  };
};

/** Conversations in memory. */
export const conversationViewsInMemory = (tables: () => MessagesTables): ConversationViews => {
  const rows = () => new Rows(tables());
  const activeOf = (userId: UserId) =>
    rows()
      .membershipsOf(userId)
      .filter(({ active }) => active);
  return {
    find: async (conversationId, viewer) => {
      const member = rows().member(conversationId, viewer);
      return member && viewOf(rows(), member, ALL_MEMBERS)[0];
    },
    isMember: async (conversationId, viewer) => rows().member(conversationId, viewer)?.active ?? false,
    findSome: async (viewer, conversationIds) =>
      conversationIds.flatMap((conversationId) => {
        const member = rows().member(conversationId, viewer);
        return member ? viewOf(rows(), member, MEMBERS_IN_LISTS) : [];
      }),
    findChanged: async (changes) => changes.map((each) => changedOf(rows(), each)),
    inbox: async (viewer, page) => inboxOf(rows(), viewer, page),
    membershipsOf: async (userIds) =>
      userIds.flatMap((each) => activeOf(each).map(({ userId, conversationId }) => ({ userId, conversationId }))),
    changesSince: async (viewer, after, limit) =>
      rows()
        .membershipsOf(viewer)
        .flatMap((member) => firstChange(rows(), member, after))
        .sort(byPosition)
        .slice(0, limit),
    readsSince: async (viewer, after, limit) =>
      activeOf(viewer)
        .flatMap(({ conversationId }) => rows().readsOf(conversationId, viewer, after))
        .sort(byPosition)
        .slice(0, limit),
    unseenSince: async (viewer, after) =>
      activeOf(viewer)
        .flatMap(({ conversationId }) => rows().conversation(conversationId) ?? [])
        .filter(({ position }) => !hasReached(after, position))
        .sort(byPosition)
        .map(({ conversationId }) => ({ conversationId, lastSeenSeq: rows().seqUpTo(conversationId, after) })),
  };
};
