import { nameMembers } from '../../application/conversations/conversation-answer.js';
import type { ConversationViews } from '../../application/ports/conversation-views.js';
import type { EventBatch } from '../../application/ports/event-store.js';
import type { ProjectedMessages } from '../../application/ports/projected-messages.js';
import type { UserDirectory } from '../../application/ports/user-directory.js';
import { noticeOf, type Notice } from '../../application/push/notice.js';
import { sentMessageView } from '../../application/push/sent-message.js';
import type { MessageId, UserId } from '../../domain/kernel/ids.js';
import type { Hub } from './hub.js';
import { textFrame } from './text-frame.js';

type Of<Kind extends Notice['kind']> = Extract<Notice, { kind: Kind }>;

export interface DeliveryParts {
  readonly hub: Hub;
  readonly sequences: ProjectedMessages;
  readonly conversations: ConversationViews;
  readonly directory: UserDirectory;
}

/** The messages whose ordinals are wanted: those that somebody here hears of. */
const wantedMessages = (notices: readonly Notice[], { audience }: Hub): MessageId[] => {
  // A conversation that changes in this batch may get its audience by it: then nothing is left out beforehand.
  const changes = notices.some(({ kind }) => kind === 'conversation');
  return notices.flatMap((notice) => {
    if (notice.kind !== 'message.sent' && notice.kind !== 'message.read') return [];
    const { conversationId, messageId } = notice.kind === 'message.sent' ? notice.sent : notice.read;
    return changes || audience.of(conversationId).size > 0 ? [messageId] : [];
  });
};

/** Those who share a conversation see the new profile. The frame has no place in the order: who was away asks again. */
const tellOfPerson = async ({ hub, conversations, directory }: DeliveryParts, { position, userId }: Of<'person'>) => {
  const memberships = await conversations.membershipsOf([userId]);
  const viewers = memberships.flatMap(({ conversationId }) => [...hub.audience.of(conversationId)]);
  const user = (await directory.profiles([userId])).get(userId);
  const frame = textFrame({ type: 'user.updated', user });
  for (const viewer of new Set([userId, ...viewers])) hub.tell(viewer, frame, position);
};

/** Turns a batch of events, once it is in the read models, into frames for those who may see them. */
export const deliver = (parts: DeliveryParts) => {
  const { hub, sequences, conversations, directory } = parts;

  const sent = ({ position, sent: message }: Of<'message.sent'>, seqs: ReadonlyMap<MessageId, number>): void => {
    if (hub.audience.of(message.conversationId).size === 0) return;
    const seq = seqs.get(message.messageId);
    if (seq === undefined) return; // its event is parked: no history shows it either
    const frame = textFrame({ type: 'message.sent', position, message: sentMessageView(message, seq, position) });
    hub.broadcast(message.conversationId, frame, position);
  };

  /** Readers who show no receipts are told on their own devices alone, and are not told of others. */
  const read = ({ position, read: mark }: Of<'message.read'>, seqs: ReadonlyMap<MessageId, number>): void => {
    const { conversationId, userId, messageId, readAt, hidden = false } = mark;
    const viewers = hub.audience.of(conversationId);
    const seq = seqs.get(messageId);
    if (viewers.size === 0 || seq === undefined) return;
    const frame = textFrame({ type: 'message.read', position, conversationId, userId, messageId, seq, at: readAt });
    for (const viewer of viewers)
      if (viewer === userId || (!hidden && hub.audience.seesReceipts(viewer))) hub.tell(viewer, frame, position);
  };

  const tell = (userId: UserId, notice: Of<'conversation'>, conversation: object): void => {
    const { change, position, userId: about } = notice;
    const whom = about === null ? {} : { userId: about };
    const frame = textFrame({ type: `conversation.${change}`, position, ...whom, conversation });
    hub.tell(userId, frame, position);
  };

  /** Each viewer sees the conversation with their own unread count; who leaves learns of that, and no more. */
  const changed = async (notice: Of<'conversation'>): Promise<void> => {
    const { conversationId, joining, leaving } = notice;
    for (const userId of joining) hub.audience.add(conversationId, userId);
    const viewers = [...hub.audience.of(conversationId)];
    if (leaving !== null) hub.audience.remove(conversationId, leaving);
    if (viewers.length === 0) return;
    const views = await conversations.findForViewers(conversationId, viewers);
    const named = await nameMembers(directory, [...views.values()]);
    [...views.keys()].forEach((userId, index) => tell(userId, notice, named[index] as object));
    if (leaving !== null && viewers.includes(leaving) && !views.has(leaving)) tell(leaving, notice, { conversationId });
  };

  return async ({ events }: EventBatch): Promise<void> => {
    const notices = events.map(noticeOf).filter((notice) => notice !== undefined);
    const seqs = await sequences.sequences(wantedMessages(notices, hub));
    for (const notice of notices) {
      if (notice.kind === 'message.sent') sent(notice, seqs);
      else if (notice.kind === 'message.read') read(notice, seqs);
      else if (notice.kind === 'person') await tellOfPerson(parts, notice);
      else if (notice.kind === 'receipts') hub.audience.setReceipts(notice.userId, notice.shown);
      else await changed(notice);
    }
  };
};
