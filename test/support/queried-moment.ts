import { getReceipts } from '../../src/application/messages/get-receipts.js';
import type { ConversationView } from '../../src/application/ports/conversation-views.js';
import type { MessageView, ReactionView } from '../../src/application/ports/message-views.js';
import type { ConversationId, MessageId, UserId } from '../../src/domain/kernel/ids.js';
import type { Views } from '../contracts/read-model-steps.js';
import type { Fact } from './projections.js';

const MUCH = 100;
const ERASED = 'erased';

/** What was there at a moment: by whom and where it was looked at. */
export interface Wanted {
  readonly users: readonly UserId[];
  readonly conversations: readonly ConversationId[];
  readonly messages: readonly MessageId[];
}

/** Answers the users whom a history erases at any time: what they wrote is gone from the past. */
export const erasedIn = (facts: readonly Fact[]): ReadonlySet<UserId> =>
  new Set(facts.flatMap(({ type, data }) => (type === 'UserErased' ? [(data as { userId: UserId }).userId] : [])));

/** Answers who gave a conversation its title; undefined where it has not begun. */
const titledBy = (facts: readonly Fact[], conversationId: ConversationId): UserId | undefined => {
  const isTitle = ({ type, data }: Fact) =>
    /^Conversation(Started|Renamed)$/.test(type) &&
    (data as { conversationId: string }).conversationId === conversationId;
  const { startedBy, renamedBy } = (facts.findLast(isTitle)?.data ?? {}) as { startedBy?: UserId; renamedBy?: UserId };
  return renamedBy ?? startedBy;
};

/** Leaves out the reactions of these users; the order of the rest may be another one then. */
const withoutUsers = (reactions: readonly ReactionView[], userIds: ReadonlySet<UserId>): ReactionView[] => {
  const left = reactions.map(({ emoji, userIds: all }) => {
    const some = all.filter((userId) => !userIds.has(userId));
    return { emoji, userIds: some, count: some.length };
  });
  return inOrder(
    left.filter(({ count }) => count > 0),
    userIds,
  );
};

/** Puts reactions into an order of their own where some were left out. */
export const inOrder = (reactions: readonly ReactionView[], erased: ReadonlySet<UserId>): ReactionView[] =>
  erased.size === 0 ? [...reactions] : [...reactions].sort((one, other) => (one.emoji < other.emoji ? -1 : 1));

/** What the queries answer when the last of these facts is the end of the log, without what is erased at any time. */
export class QueriedMoment {
  readonly #views: Views;
  readonly #facts: readonly Fact[];
  readonly #erased: ReadonlySet<UserId>;

  constructor(views: Views, facts: readonly Fact[], erased: ReadonlySet<UserId>) {
    [this.#views, this.#facts, this.#erased] = [views, facts, erased];
  }

  async shown({ users, conversations, messages }: Wanted) {
    return {
      conversations: await Promise.all(conversations.map((each) => this.#conversation(each, users))),
      messages: await Promise.all(messages.map((each) => this.#message(each))),
      users: await Promise.all(users.map((each) => this.#user(each))),
      lists: await Promise.all(users.map((each) => this.#list(each))),
    };
  }

  async #conversation(conversationId: ConversationId, users: readonly UserId[]) {
    if (titledBy(this.#facts, conversationId) === undefined) return 'conversation_not_found';
    const { messages } = await this.#views.messages.history(conversationId, { kind: 'newest' }, MUCH);
    const pins = await this.#views.pins.list(conversationId);
    return {
      messages: messages.map((view) => this.#view(view)).reverse(),
      pins: pins.map(({ message: { messageId }, pinnedBy, pinnedAt }) => ({ messageId, pinnedBy, pinnedAt })),
      seen: await Promise.all(users.map((viewer) => this.#seen(conversationId, viewer, messages))),
    };
  }

  /** Answers a conversation as a member sees it. */
  async #seen(conversationId: ConversationId, viewer: UserId, messages: readonly MessageView[]) {
    const found = await this.#views.conversations.find(conversationId, viewer);
    if (!found) return 'not_a_member';
    const { unreadCount, lastReadMessageId } = found;
    return {
      ...(await this.#listed(found, viewer, messages.length)),
      own: { unreadCount, lastReadMessageId },
      read: await this.#receipts(viewer, messages),
    };
  }

  async #listed(view: ConversationView, viewer: UserId, messageCount: number) {
    const { unreadCount, mentionCount, lastReadMessageId, preferences, position: _, lastMessage, ...rest } = view;
    const isGone = this.#erased.has(titledBy(this.#facts, view.conversationId) as UserId);
    const named = rest.members.map(async (member) => ({ ...member, ...(await this.#names(member.userId)) }));
    return {
      viewer: { userId: viewer, unreadCount, mentionCount, lastReadMessageId, preferences, canWrite: true },
      conversation: {
        ...rest,
        title: isGone ? ERASED : rest.title,
        members: await Promise.all(named),
        messageCount,
        lastMessage: lastMessage && this.#view(lastMessage),
      },
    };
  }

  /** Answers the conversations of a user as they see them in their list. */
  async #list(userId: UserId): Promise<readonly object[] | string> {
    if (!(await this.#views.directory.profiles([userId])).has(userId)) return 'user_not_found';
    const { conversations } = await this.#views.conversations.inbox(userId, { before: undefined, limit: MUCH });
    return Promise.all(
      conversations.map(async (view) => {
        const { messages } = await this.#views.messages.history(view.conversationId, { kind: 'newest' }, MUCH);
        return this.#listed(view, userId, messages.length);
      }),
    );
  }

  /** Answers who had read which messages, as a viewer is shown it. */
  async #receipts(viewer: UserId, messages: readonly MessageView[]): Promise<string[]> {
    const { conversations, messages: views, directory } = this.#views;
    const receiptsOf = getReceipts(conversations, views, directory);
    const read = messages.map(async ({ messageId }) => {
      const { receipts } = await receiptsOf(viewer, { messageId, cursor: undefined, limit: MUCH });
      const others = receipts.filter(({ userId, readAt }) => readAt !== null && userId !== viewer);
      return others.map(({ userId }) => `${messageId} ${userId}`);
    });
    return (await Promise.all(read)).flat().sort();
  }

  async #message(messageId: MessageId): Promise<object | string> {
    const found = await this.#views.messages.find(messageId);
    return found ? this.#view(found) : 'message_not_found';
  }

  async #user(userId: UserId): Promise<object | string> {
    const { directory } = this.#views;
    const page = { cursor: undefined, limit: MUCH };
    const own = await directory.findOwnProfile(userId);
    if (!own) return (await directory.profiles([userId])).has(userId) ? ERASED : 'user_not_found';
    const idsOf = async (relation: 'contacts' | 'blocks') =>
      (await directory.related(userId, relation, page)).profiles.map((profile) => profile.userId).sort();
    const gone = { ...(await this.#names(userId)), email: ERASED, bio: null, erased: true };
    return {
      ...own,
      roles: [...own.roles].sort(),
      settings: await directory.findSettings(userId),
      contacts: await idsOf('contacts'),
      blocks: await idsOf('blocks'),
      ...(this.#erased.has(userId) && gone),
    };
  }

  async #names(userId: UserId): Promise<{ username: string; displayName: string }> {
    if (this.#erased.has(userId)) return { username: ERASED, displayName: ERASED };
    const { username = '', displayName = '' } = (await this.#views.directory.profiles([userId])).get(userId) ?? {};
    return { username, displayName };
  }

  /** Shows a message as auditors are shown it. */
  #view({ cursor: _, attachments, ...view }: MessageView): object {
    const isGone = this.#erased.has(view.senderId) && view.deletedAt === null;
    const reactions = withoutUsers(view.reactions, this.#erased);
    if (isGone) return { ...view, reactions, text: ERASED, mentions: [], attachments: [], erased: true };
    return { ...view, reactions, attachments: attachments.map(({ url: __, thumbnailUrl: ___, ...file }) => file) };
  }
}
