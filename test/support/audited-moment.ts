import type { PastConversationsPage } from '../../src/application/audit/list-past-conversations.js';
import type { PastMessagesPage } from '../../src/application/audit/list-past-messages.js';
import type { PastMessageView } from '../../src/application/audit/past-message.js';
import type { ConversationId, MessageId, Position, UserId } from '../../src/domain/kernel/ids.js';
import { Rejection } from '../../src/domain/kernel/rejections.js';
import { at } from './ids.js';
import type { PastAnswers } from './past-scene.js';
import { inOrder, type Wanted } from './queried-moment.js';

const PAGE = 3;
const SHORT_PAGE = 1;
const LATER = at(1_000_000);

/** Answers the code of what is refused. */
const orCode = async <Answer>(answer: Promise<Answer>): Promise<Answer | string> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
};

/** What auditors are shown as of a position, in the form of what the queries answered then. */
export class AuditedMoment {
  readonly #past: PastAnswers;
  readonly #asOf: Position;
  readonly #erased: ReadonlySet<UserId>;

  constructor(past: PastAnswers, asOf: Position, erased: ReadonlySet<UserId>) {
    [this.#past, this.#asOf, this.#erased] = [past, asOf, erased];
  }

  async shown({ users, conversations, messages }: Wanted) {
    return {
      conversations: await Promise.all(conversations.map((each) => orCode(this.#conversation(each, users)))),
      messages: await Promise.all(messages.map((each) => orCode(this.#message(each)))),
      users: await Promise.all(users.map((each) => orCode(this.#user(each)))),
      lists: await Promise.all(users.map((each) => orCode(this.#list(each)))),
    };
  }

  async #conversation(conversationId: ConversationId, users: readonly UserId[]) {
    const { answer } = await this.#past.conversation({ conversationId, asOf: this.#asOf }, LATER);
    const messages = await this.#pages(conversationId);
    return {
      messages,
      pins: answer.conversation.pins,
      seen: await Promise.all(
        users.map(async (viewer) => {
          const own = answer.conversation.members.find(({ userId }) => userId === viewer)?.reading;
          const seen = await orCode(this.#seen(conversationId, viewer, messages));
          if (typeof seen === 'string') return seen;
          return { ...seen, own: own && { unreadCount: own.unreadCount, lastReadMessageId: own.lastReadMessageId } };
        }),
      ),
    };
  }

  async #seen(conversationId: ConversationId, viewer: UserId, messages: readonly PastMessageView[]) {
    await this.#past.messages({ conversationId, viewer, asOf: this.#asOf }, PAGE, LATER);
    const { answer } = await this.#past.conversation({ conversationId, viewer, asOf: this.#asOf }, LATER);
    const { members, pins: _, lastMessage, ...rest } = answer.conversation;
    const seqs = new Map<MessageId | null, number>(messages.map(({ messageId, seq }) => [messageId, seq]));
    const read = members.flatMap(({ userId, reading }) => {
      const upTo = seqs.get(reading?.lastReadMessageId ?? null) ?? 0;
      const those = messages.filter(({ seq, senderId }) => seq <= upTo && userId !== viewer && userId !== senderId);
      return those.map(({ messageId }) => `${messageId} ${userId}`);
    });
    return {
      viewer: answer.viewer,
      conversation: {
        ...rest,
        lastMessage: lastMessage && this.#view(lastMessage),
        members: members.map(({ reading: __, ...member }) => member),
      },
      read: read.sort(),
    };
  }

  /** Reads the conversations of a user page by page, the one that was active last first. */
  async #list(userId: UserId): Promise<object[]> {
    const pages: PastConversationsPage[] = [];
    for (let cursor: string | null | undefined; cursor !== null; cursor = pages.at(-1)?.nextCursor) {
      const query = { userId, asOf: this.#asOf, cursor };
      pages.push((await this.#past.conversations(query, SHORT_PAGE, LATER)).page);
    }
    return pages
      .flatMap(({ conversations }) => conversations)
      .map(({ viewer, conversation: { lastMessage, ...rest } }) => ({
        viewer,
        conversation: { ...rest, lastMessage: lastMessage && this.#view(lastMessage) },
      }));
  }

  /** Reads the messages page by page, the newest first. */
  async #pages(conversationId: ConversationId): Promise<PastMessageView[]> {
    const pages: PastMessagesPage[] = [];
    for (let cursor: string | null | undefined; cursor !== null; cursor = pages.at(-1)?.nextCursor) {
      const query = { conversationId, asOf: this.#asOf, cursor };
      pages.push((await this.#past.messages(query, PAGE, LATER)).page);
    }
    return pages.flatMap(({ messages }) => messages.map((view) => this.#view(view)));
  }

  #view(view: PastMessageView): PastMessageView {
    return { ...view, reactions: inOrder(view.reactions, this.#erased) };
  }

  async #message(messageId: MessageId): Promise<object> {
    return this.#view((await this.#past.message({ messageId, asOf: this.#asOf }, LATER)).answer.message);
  }

  async #user(userId: UserId): Promise<object | string> {
    const { status, roles, contacts, blocks, ...user } = (await this.#past.user({ userId, asOf: this.#asOf }, LATER))
      .answer.user;
    return status === 'erased'
      ? status
      : { ...user, roles: [...roles].sort(), contacts: [...contacts].sort(), blocks: [...blocks].sort() };
  }
}
