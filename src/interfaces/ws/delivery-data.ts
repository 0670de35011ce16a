import type {
  ChangedConversation,
  ConversationChangeLookup,
  ConversationViews,
  UnseenConversation,
} from '../../application/ports/conversation-views.js';
import type { MessageView, MessageViews } from '../../application/ports/message-views.js';
import type { ProjectedMessages } from '../../application/ports/projected-messages.js';
import type { PublicProfile, UserDirectory } from '../../application/ports/user-directory.js';
import type { Audience } from '../../application/push/audience.js';
import { messageOf, type ConversationNotice, type ErasureNotice, type Notice } from '../../application/push/notice.js';
import type { ConversationId, MessageId, UserId } from '../../domain/kernel/ids.js';

export interface DeliveryDataParts {
  readonly sequences: ProjectedMessages;
  readonly messages: Pick<MessageViews, 'findSome'>;
  readonly conversations: ConversationViews;
  readonly directory: UserDirectory;
}

/** Everything that the frames of a batch need of the read models. */
export interface DeliveryData {
  readonly sequences: ReadonlyMap<MessageId, number>;
  /** The messages that were changed, and those that are replied to, as they are now. */
  readonly messages: ReadonlyMap<MessageId, MessageView>;
  readonly changed: ReadonlyMap<ConversationNotice, ChangedConversation>;
  /** The conversations in which each erasure changed something. */
  readonly erased: ReadonlyMap<ErasureNotice, readonly UnseenConversation[]>;
  readonly conversationsOf: ReadonlyMap<UserId, readonly ConversationId[]>;
  readonly profiles: ReadonlyMap<UserId, PublicProfile>;
}

/** Says whether a user of this node follows a conversation, or joins it by the batch. */
const isFollowed = (notices: readonly Notice[], audience: Audience): ((conversationId: ConversationId) => boolean) => {
  const joined = new Set<ConversationId>();
  for (const notice of notices)
    if (notice.kind === 'conversation' && notice.joining.some(({ userId }) => audience.isFollowed(userId)))
      joined.add(notice.conversationId);
  return (conversationId) => joined.has(conversationId) || audience.of(conversationId).size > 0;
};

const lookupOf = ({
  conversationId,
  position,
  change,
  joining,
  leaving,
}: ConversationNotice): ConversationChangeLookup => ({
  conversationId,
  position,
  joined: change === 'started' ? [] : joining.map(({ userId }) => userId),
  removed: leaving,
});

const findMessages = async (
  messages: DeliveryDataParts['messages'],
  notices: readonly Notice[],
  isWanted: (conversationId: ConversationId) => boolean,
): Promise<DeliveryData['messages']> => {
  const shown = notices.flatMap((notice) => {
    if (notice.kind === 'message.changed') return [notice];
    if (notice.kind !== 'message.sent' || notice.sent.replyTo === null) return [];
    return [{ conversationId: notice.sent.conversationId, messageId: notice.sent.replyTo }];
  });
  const wanted = shown.filter(({ conversationId }) => isWanted(conversationId)).map(({ messageId }) => messageId);
  const found = wanted.length > 0 ? await messages.findSome([...new Set(wanted)]) : [];
  return new Map(found.map((message) => [message.messageId, message]));
};

const findErased = async (
  conversations: DeliveryDataParts['conversations'],
  notices: readonly Notice[],
): Promise<DeliveryData['erased']> => {
  const erased = new Map<ErasureNotice, readonly UnseenConversation[]>();
  for (const notice of notices)
    if (notice.kind === 'erasure') erased.set(notice, await conversations.changedByErasure(notice));
  return erased;
};

/** Reads what a batch needs with one query a kind, and one an erasure, however many events it has and users it concerns. */
export const loadDeliveryData = async (
  { sequences, messages, conversations, directory }: DeliveryDataParts,
  notices: readonly Notice[],
  audience: Audience,
): Promise<DeliveryData> => {
  const followed = isFollowed(notices, audience);

  const findSequences = (): Promise<DeliveryData['sequences']> => {
    const told = notices.map(messageOf).filter((message) => message !== undefined);
    const wanted = told.filter(({ conversationId }) => followed(conversationId));
    return sequences.sequences(wanted.map(({ messageId }) => messageId));
  };

  const findChanged = async (): Promise<DeliveryData['changed']> => {
    const changes = notices.filter((notice) => notice.kind === 'conversation');
    const wanted = changes.filter(({ conversationId }) => followed(conversationId));
    const found = wanted.length > 0 ? await conversations.findChanged(wanted.map(lookupOf)) : [];
    const changed = new Map<ConversationNotice, ChangedConversation>();
    wanted.forEach((notice, index) => {
      const conversation = found[index];
      if (conversation) changed.set(notice, conversation);
    });
    return changed;
  };

  const users = notices.filter((notice) => notice.kind === 'user').map(({ userId }) => userId);

  const findConversationsOf = async (): Promise<DeliveryData['conversationsOf']> => {
    const found = users.length > 0 ? await conversations.membershipsOf([...new Set(users)]) : [];
    const byUser = new Map(users.map((userId): [UserId, ConversationId[]] => [userId, []]));
    for (const { userId, conversationId } of found) byUser.get(userId)?.push(conversationId);
    return byUser;
  };

  const findProfiles = async (changed: DeliveryData['changed']): Promise<DeliveryData['profiles']> => {
    const shown = [...changed].flatMap(([{ joining }, { members }]) => [...joining, ...members]);
    const userIds = new Set([...users, ...shown.map(({ userId }) => userId)]);
    return userIds.size > 0 ? directory.profiles([...userIds]) : new Map();
  };

  const [found, changedMessages, changed, erased, conversationsOf] = await Promise.all([
    findSequences(),
    findMessages(messages, notices, followed),
    findChanged(),
    findErased(conversations, notices),
    findConversationsOf(),
  ]);
  return {
    sequences: found,
    messages: changedMessages,
    changed,
    erased,
    conversationsOf,
    profiles: await findProfiles(changed),
  };
};
