import { openInboxCursor } from '../../../application/conversations/inbox-cursor.js';
import {
  ALL_MEMBERS,
  MEMBERS_IN_LISTS,
  type ConversationChangeLookup,
  type ConversationViews,
} from '../../../application/ports/conversation-views.js';
import {
  changeKey,
  memberKey,
  type ConversationRow,
  type MemberRow,
} from '../../../application/projections/messages-tables.js';
import type { ConversationId, Position, UserId } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached, laterOf } from '../../../domain/kernel/position.js';
import type { Reading } from '../../projections/mongodb/used-generation.js';
import { byPlace } from '../memory/conversation-reader.js';
import { conversationViewsInMemory } from '../memory/conversation-views.js';
import { answeringFrom, forEachOf, LoadedMessages, type Answering } from './loaded-messages.js';
import { loadReceipts } from './load-receipts.js';
import { stored } from './row-documents.js';

const idsOf = (rows: readonly { readonly conversationId: ConversationId }[]): ConversationId[] =>
  rows.map(({ conversationId }) => conversationId);

/** Reads what is shown of conversations to their members. */
const loadShown = async (
  loaded: LoadedMessages,
  members: readonly MemberRow[],
  shownMembers: number,
): Promise<void> => {
  const heads = new Map((await loaded.conversations(idsOf(members))).map((row) => [row.conversationId, row]));
  const listed = members.flatMap((member) => {
    const head = heads.get(member.conversationId);
    return head && member.active ? [{ member, head }] : [];
  });
  // A conversation is stored behind its members and messages: what it does not count yet is not shown yet.
  const read = listed.map(({ member, head }) => ({ ...member, readSeq: Math.min(member.readSeq, head.lastSeq), head }));
  if (read.length === 0) return;
  const places = read.flatMap(({ conversationId, readSeq, head }) => [
    { conversationId, seq: readSeq },
    { conversationId, seq: head.lastSeq },
  ]);
  const [shown, mentions] = await Promise.all([
    loaded.messagesAt(places.filter(({ seq }) => seq > 0)),
    loaded.mentions(read.map(({ head, ...member }) => ({ ...member, lastSeq: head.lastSeq }))),
    loaded.preferences(read.map(({ conversationId, userId }) => [conversationId, userId])),
    forEachOf(read, ({ conversationId }) => loaded.firstMembers(conversationId, shownMembers)),
  ]);
  for (const { head: _, ...member } of read)
    loaded.tables.members.set(memberKey(member.conversationId, member.userId), member);
  await loaded.shownBeside(shown);
  loaded.count(mentions);
};

const loadChanged = async (loaded: LoadedMessages, lookups: readonly ConversationChangeLookup[]): Promise<void> => {
  await loaded.conversations(idsOf(lookups));
  await forEachOf(lookups, async ({ conversationId, position, joined, removed }) => {
    const all = [...joined, ...removed.map(({ userId }) => userId)].map((userId) => [conversationId, userId] as const);
    const [, members] = await Promise.all([
      loaded.firstMembers(conversationId, MEMBERS_IN_LISTS),
      loaded.members(all),
      loaded.preferences(all),
      loaded.read('members', { conversationId, active: false, position: { $gt: stored(position) } }),
    ]);
    const seqs = members.filter(({ userId }) => joined.includes(userId)).map(({ joinedSeq }) => joinedSeq);
    const seq = Math.min(...seqs);
    if (seqs.length > 0 && seq > 0) await loaded.shownBeside(await loaded.messagesAt([{ conversationId, seq }]));
  });
};

/** Answers the conversations that were changed after a position. */
const changedAfter = (heads: readonly ConversationRow[], after: Position): readonly ConversationRow[] =>
  heads.filter(({ position }) => !hasReached(after, position));

/** Answers how far the messages of a conversation had come at a position, and whether one of those was changed since. */
const seenUpTo = async (loaded: LoadedMessages, conversationId: ConversationId, position: Position) => {
  const seen = { $lte: stored(position) };
  const [last, changed] = await Promise.all([
    loaded.read('messages', { conversationId, sentPosition: seen }, { sort: { sentPosition: -1 }, limit: 1 }),
    loaded.read('messages', { conversationId, position: { $gt: stored(position) }, sentPosition: seen }, { limit: 1 }),
  ]);
  return { conversationId, lastSeenSeq: last[0]?.seq ?? 0, areSeenChanged: changed.length > 0 };
};

/** Reads the first change of each conversation, as the viewer is told of it. */
const loadFirstChanges = async (loaded: LoadedMessages, viewer: UserId, after: Position): Promise<void> => {
  const members = await loaded.read('members', { userId: viewer });
  const heads = new Set(idsOf(changedAfter(await loaded.conversations(idsOf(members)), after)));
  const changed = members.filter(({ conversationId }) => heads.has(conversationId));
  await loaded.readKeys('changes', changed.filter(({ active }) => !active).map(changeKey));
  const active = changed.filter((each) => each.active);
  await forEachOf(active, ({ conversationId, joinedPosition }) => {
    const from = { $gt: stored(after), $gte: stored(laterOf(after, joinedPosition)), $lte: loaded.upTo };
    return loaded.read('changes', { conversationId, position: from }, { sort: { position: 1 }, limit: 1 });
  });
};

/** Reads the page of an inbox, and the conversation behind it. */
const loadInbox = async (
  loaded: LoadedMessages,
  viewer: UserId,
  { before, limit }: Parameters<ConversationViews['inbox']>[1],
): Promise<void> => {
  const place = openInboxCursor(before);
  const members = new Map((await loaded.memberships([viewer])).map((row) => [row.conversationId, row]));
  const listed = (await loaded.conversations([...members.keys()]))
    .filter(({ activityPosition }) => place === undefined || !hasReached(activityPosition, place))
    .sort((one, other) => comparePositions(other.activityPosition, one.activityPosition));
  const page = new Set(idsOf(listed.slice(0, limit + 1)));
  for (const [key, { conversationId }] of loaded.tables.members)
    if (!page.has(conversationId)) loaded.tables.members.delete(key);
  const shown = listed.slice(0, limit).flatMap(({ conversationId }) => members.get(conversationId) ?? []);
  await loadShown(loaded, shown, MEMBERS_IN_LISTS);
};

type Shown = 'find' | 'isMember' | 'findSome' | 'findChanged' | 'inbox' | 'membershipsOf';
type Unseen = 'unseenSince' | 'changedByErasure';
type Since = Exclude<keyof ConversationViews, Shown | Unseen>;

/** Conversations as they are now. */
const shownViews = (answer: Answering<ConversationViews>): Pick<ConversationViews, Shown> => ({
  find: (conversationId, viewer) =>
    answer(
      async (loaded) => loadShown(loaded, await loaded.members([[conversationId, viewer]]), ALL_MEMBERS),
      (shown) => shown.find(conversationId, viewer),
    ),
  isMember: (conversationId, viewer) =>
    answer(
      (loaded) => loaded.members([[conversationId, viewer]]),
      (shown) => shown.isMember(conversationId, viewer),
    ),
  findSome: (viewer, conversationIds) =>
    answer(
      async (loaded) =>
        loadShown(loaded, await loaded.members(conversationIds.map((each) => [each, viewer])), MEMBERS_IN_LISTS),
      (shown) => shown.findSome(viewer, conversationIds),
    ),
  findChanged: (changes) =>
    answer(
      (loaded) => loadChanged(loaded, changes),
      (shown) => shown.findChanged(changes),
    ),
  inbox: (viewer, page) =>
    answer(
      (loaded) => loadInbox(loaded, viewer, page),
      (shown) => shown.inbox(viewer, page),
    ),
  membershipsOf: (userIds) =>
    answer(
      (loaded) => loaded.memberships(userIds),
      (shown) => shown.membershipsOf(userIds),
    ),
});

/** What has happened behind a position. */
const viewsSince = (answer: Answering<ConversationViews>): Pick<ConversationViews, Since> => ({
  changesSince: (viewer, after, limit) =>
    answer(
      (loaded) => loadFirstChanges(loaded, viewer, after),
      (shown) => shown.changesSince(viewer, after, limit),
    ),
  preferencesSince: (viewer, after, limit) =>
    answer(
      async (loaded) => {
        const changed = await loaded.read('preferences', { userId: viewer, position: loaded.behind(after) });
        await loaded.members(changed.map(({ conversationId }) => [conversationId, viewer]));
      },
      (shown) => shown.preferencesSince(viewer, after, limit),
    ),
  readsSince: (viewer, after, limit) =>
    answer(
      async (loaded) => {
        const reads = await loaded.read('reads', { userId: viewer, position: loaded.behind(after) });
        await loaded.members(reads.map(({ conversationId }) => [conversationId, viewer]));
      },
      (shown) => shown.readsSince(viewer, after, limit),
    ),
  receiptsSince: (viewer, after, limit) =>
    answer(
      (loaded) => loadReceipts(loaded, viewer, after),
      (shown) => shown.receiptsSince(viewer, after, limit),
    ),
  leftSince: (viewer, after) =>
    answer(
      (loaded) => loaded.read('members', { userId: viewer, active: false, position: { $gt: stored(after) } }),
      (shown) => shown.leftSince(viewer, after),
    ),
});

/** Where something has happened behind a position. */
const unseenViews = (reading: Reading): Pick<ConversationViews, Unseen> => ({
  unseenSince: (viewer, after) =>
    reading(async (documents, upTo) => {
      const loaded = new LoadedMessages(documents, upTo);
      const heads = await loaded.conversations(idsOf(await loaded.memberships([viewer])));
      const changed = [...changedAfter(heads, after)].sort(byPlace);
      return forEachOf(changed, ({ conversationId }) => seenUpTo(loaded, conversationId, after));
    }),
  changedByErasure: ({ userId, position, since }) =>
    reading(async (documents, upTo) => {
      const loaded = new LoadedMessages(documents, upTo);
      const ids = idsOf(await loaded.read('members', { userId })).sort();
      const titled = new Set(
        idsOf(
          await loaded.readKeys(
            'changes',
            ids.map((conversationId) => changeKey({ conversationId, position })),
          ),
        ),
      );
      const changed = changedAfter(await loaded.conversations(ids), since);
      const seen = await forEachOf(idsOf(changed).sort(), (each) => seenUpTo(loaded, each, since));
      return seen.filter((each) => each.areSeenChanged || titled.has(each.conversationId));
    }),
});

/** Conversations in MongoDB. */
export const createConversationViews = (reading: Reading): ConversationViews => {
  const answer = answeringFrom(reading, conversationViewsInMemory);
  return { ...shownViews(answer), ...viewsSince(answer), ...unseenViews(reading) };
};
