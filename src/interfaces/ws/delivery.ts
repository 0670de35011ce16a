import { setImmediate as nextTurn } from 'node:timers/promises';
import { ERASED } from '../../application/kernel/erased.js';
import { messageView } from '../../application/messages/message-view.js';
import type { EventBatch } from '../../application/ports/event-store.js';
import type { MessageView } from '../../application/ports/message-views.js';
import type { MediaLinks } from '../../application/ports/media-links.js';
import { coalesceNotices } from '../../application/push/coalesce-notices.js';
import { lastChanges } from '../../application/push/last-changes.js';
import type { ConversationNotice, Notice } from '../../application/push/notice.js';
import { noticesOf } from '../../application/push/pushed-events.js';
import { receiptVisibleTo } from '../../application/reading/receipt-visibility.js';
import type { Position, UserId } from '../../domain/kernel/ids.js';
import { changedFrame, joinedFrame, leftFrame } from './change-frames.js';
import { loadDeliveryData, type DeliveryData, type DeliveryDataParts } from './delivery-data.js';
import { erasureFrames } from './erasure-frames.js';
import { messageFrames, messageSent } from './frames/message-frames.js';
import { pinFrame } from './frames/pin-frames.js';
import { preferencesChanged } from './frames/preferences-frame.js';
import { userUpdated } from './frames/user-frames.js';
import type { Hub } from './hub.js';
import { sharedFrame } from './shared-frame.js';

type Of<Kind extends Notice['kind']> = Extract<Notice, { kind: Kind }>;

/** The users who get frames before the sockets get their turn: a long batch holds up nothing else for long. */
const USERS_IN_A_TURN = 1_000;

export interface DeliveryParts extends DeliveryDataParts {
  readonly hub: Hub;
  readonly links: MediaLinks;
  /** Called with each message that is sent to its audience. */
  readonly onSent?: (message: MessageView) => void;
}

/** Makes one frame for all of these users, if there are any; answers how many they are. */
const sendToAll = (
  { hub, links }: DeliveryParts,
  viewers: readonly UserId[],
  position: Position | undefined,
  content: () => object,
): number => {
  if (viewers.length === 0) return 0;
  const frame = sharedFrame(links, content());
  for (const viewer of viewers) hub.send(viewer, frame, position);
  return viewers.length;
};

/**
 * Members who stay, who join and who leave get one frame each kind. The audience then is as it is after the change. The
 * frames show the conversation as it is now, which may be after a later removal of one of them: such a user gets the frame
 * of that removal alone, and one who would join gets nothing before it.
 */
const sendChange = (parts: DeliveryParts, { changed, profiles }: DeliveryData, notice: ConversationNotice): number => {
  const { audience } = parts.hub;
  const { conversationId, position } = notice;
  const conversation = changed.get(notice);
  const isStillMember = (userId: UserId): boolean => !conversation?.removedSince.has(userId);
  const joining = notice.joining.map(({ userId }) => userId).filter(isStillMember);
  const leaving = notice.leaving.map(({ userId }) => userId);
  const moving = new Set([...joining, ...leaving]);
  const staying = [...audience.of(conversationId)].filter((userId) => !moving.has(userId) && isStillMember(userId));
  for (const userId of joining) audience.add(conversationId, userId);
  for (const userId of leaving) audience.remove(conversationId, userId);

  const send = (viewers: readonly UserId[], content: () => object): number =>
    sendToAll(
      parts,
      viewers.filter((userId) => audience.isFollowed(userId)),
      position,
      content,
    );
  // A member who leaves gets a frame whether or not the audience has them: its read model may have been ahead.
  const left = send(leaving, () => leftFrame(notice));
  if (!conversation) return left;
  const returning = joining.filter((userId) => conversation.preferences.has(userId));
  const arriving = joining.filter((userId) => !conversation.preferences.has(userId));
  return (
    left +
    send(staying, () => changedFrame(notice, conversation, profiles)) +
    send(arriving, () => joinedFrame(notice, conversation, profiles)) +
    returning.reduce(
      (told, userId) => told + send([userId], () => joinedFrame(notice, conversation, profiles, userId)),
      0,
    )
  );
};

type ReceiptKind = 'message.read' | 'message.delivered' | 'receipts';

type Tellers = { readonly [Kind in Notice['kind']]: (notice: Of<Kind>) => number };

/** Delivers how far members have come, and who shows that. */
const receiptTellers = ({ audience, receipts }: Hub, data: DeliveryData): Pick<Tellers, ReceiptKind> => ({
  /** A reader who shows no receipts gets a frame on their own devices alone, and gets none of others. */
  'message.read': ({ position, read }) => {
    const { conversationId, userId, messageId, readAt: at } = read;
    const seq = data.sequences.get(messageId);
    if (seq === undefined) return 0;
    const mark = { kind: 'read', position, conversationId, userId, messageId, seq, at } as const;
    return receipts.tell(mark, receiptVisibleTo(read) === null);
  },
  'message.delivered': ({ position, delivered }) => {
    const { conversationId, userId, messageId, deliveredAt: at } = delivered;
    const seq = data.sequences.get(messageId);
    if (seq === undefined) return 0;
    return receipts.tell({ kind: 'delivered', position, conversationId, userId, messageId, seq, at }, true);
  },
  receipts: ({ userId, shown }) => {
    audience.setReceipts(userId, shown);
    if (!shown) receipts.forget(userId);
    return 0;
  },
});

/** Delivers each kind of notice; answers to how many users. */
const tellers = (parts: DeliveryParts, data: DeliveryData): Tellers => {
  const { audience, erased } = parts.hub;
  return {
    'message.sent': ({ position, sent }) => {
      const seq = data.sequences.get(sent.messageId);
      if (seq === undefined) return 0; // The event is parked: no history shows it either.
      const words = erased.has(sent.senderId) ? { text: ERASED, mentions: null, attachments: null } : {};
      const original = sent.replyTo === null ? undefined : data.messages.get(sent.replyTo);
      const replyToDeleted = original !== undefined && original.deletedAt !== null;
      const message = messageView({ ...sent, ...words, replyToDeleted, seq, position });
      const viewers = [...audience.of(sent.conversationId)];
      parts.onSent?.(message);
      return sendToAll(parts, viewers, position, () => messageSent.of({ position, message }));
    },
    'message.changed': ({ position, conversationId, messageId, change }) => {
      const message = data.messages.get(messageId);
      if (!message) return 0;
      const viewers = [...audience.of(conversationId)];
      return sendToAll(parts, viewers, position, () => messageFrames[change].of({ position, message }));
    },
    pin: ({ kind: _, ...change }) => {
      const viewers = [...audience.of(change.conversationId)];
      return sendToAll(parts, viewers, change.position, () => pinFrame(change));
    },
    preferences: ({ kind: _, userId, ...change }) => {
      const viewers = audience.of(change.conversationId).has(userId) ? [userId] : [];
      return sendToAll(parts, viewers, change.position, () => preferencesChanged.of(change));
    },
    ...receiptTellers(parts.hub, data),
    /** Users who share a conversation see the new profile. The frame has no place in the order: clients ask again after a gap. */
    user: ({ userId }) => {
      const user = data.profiles.get(userId);
      if (!user) return 0;
      const conversationIds = data.conversationsOf.get(userId) ?? [];
      const viewers = new Set([userId, ...conversationIds.flatMap((each) => [...audience.of(each)])]);
      return sendToAll(parts, [...viewers], undefined, () => userUpdated.of({ user }));
    },
    conversation: (notice) => sendChange(parts, data, notice),
    erasure: (notice) =>
      erasureFrames(notice, data.erased.get(notice) ?? [], audience).reduce(
        (told, { viewers, content }) => told + sendToAll(parts, viewers, notice.position, content),
        0,
      ),
  };
};

/**
 * Turns a batch of events, once it is in the read models, into frames for the users who may see them. Everything is read
 * before a frame is sent and before the audience changes: a batch that fails can be delivered again, and leaves nobody out.
 */
export const deliver =
  (parts: DeliveryParts) =>
  async (batch: EventBatch, told = noticesOf): Promise<void> => {
    const notices = coalesceNotices(lastChanges(told(batch)));
    const data = await loadDeliveryData(parts, notices, parts.hub.audience);
    const byKind = tellers(parts, data);
    let sent = 0;
    for (const notice of notices) {
      const send = byKind[notice.kind] as (notice: Notice) => number;
      sent += send(notice);
      if (sent < USERS_IN_A_TURN) continue;
      sent = 0;
      await nextTurn();
    }
  };
