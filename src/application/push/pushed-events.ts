import type { ChatEvents, ChatEventType } from '../../domain/event-catalogue.js';
import type { ConversationId, MessageId, Position } from '../../domain/kernel/ids.js';
import type { ConversationChangeKind } from '../ports/conversation-views.js';
import type { MessageChangeKind } from '../ports/message-views.js';
import type { EventBatch, RecordedEvent } from '../ports/event-store.js';
import { pinChange, unpinChange } from '../projections/pins.js';
import type { QueriedProjection } from '../projections/registry.js';
import type { ConversationNotice, MessageNotice, Notice, OrderedNotice, ReceiptsNotice, UserNotice } from './notice.js';

/**
 * What a resume reads by position. The messages that were sent are not those that were changed: what changes a message that a
 * client knows takes another source.
 */
export type ResumeSource =
  'sent messages' | 'changed messages' | 'pins' | 'preferences' | 'reads' | 'receipts' | 'changes of conversations';

/** A message that is shown with its ordinal. */
export interface NumberedMessage {
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
}

/** An event that is pushed to clients at its place in the order. */
interface OrderedEvent<Type extends ChatEventType> {
  /** Makes its notice; `before` is the position of the one before. */
  readonly notice: (data: ChatEvents[Type], position: Position, before: Position) => OrderedNotice;
  /** The projection that shows it: nothing is pushed before, unless its frame needs an ordinal alone, and that is known. */
  readonly waitsFor: QueriedProjection;
  /** The message whose ordinal is all that its frame needs of the read model; left out where it needs more. */
  readonly ordinalOf?: (data: ChatEvents[Type]) => NumberedMessage;
  /** The source in which clients that were away find it. */
  readonly resumedFrom: ResumeSource;
}

/** An event of which clients are shown how a user looks now. Clients that were away ask again. */
interface UnorderedEvent<Type extends ChatEventType> {
  readonly notice: (data: ChatEvents[Type]) => UserNotice;
  readonly waitsFor: QueriedProjection;
  readonly resumedFrom: 'asking again';
}

/** An event that changes what is pushed of others. A socket that joins is served by what is read for it then. */
interface SilentEvent<Type extends ChatEventType> {
  readonly notice: (data: ChatEvents[Type]) => ReceiptsNotice;
  readonly waitsFor: null;
  readonly resumedFrom: 'joining';
}

/** Everything that the application says of a pushed event. Its frame is described in `interfaces/ws/frames`. */
export type PushedEvent<Type extends ChatEventType> = OrderedEvent<Type> | UnorderedEvent<Type> | SilentEvent<Type>;

type PushedEvents = { readonly [Type in ChatEventType]?: PushedEvent<Type> };

const about = (
  change: ConversationChangeKind,
  conversationId: ConversationId,
  position: Position,
  whom: Partial<Pick<ConversationNotice, 'joining' | 'roles' | 'leaving'>> = {},
): ConversationNotice => ({
  kind: 'conversation',
  position,
  conversationId,
  change,
  joining: [],
  roles: [],
  leaving: [],
  ...whom,
});

const changedMessage = (
  change: MessageChangeKind,
  { conversationId, messageId }: { readonly conversationId: ConversationId; readonly messageId: MessageId },
  position: Position,
): MessageNotice => ({ kind: 'message.changed', position, conversationId, messageId, change });

/** Lists every event that is pushed to clients. */
export const pushedEvents = {
  MessageSent: {
    notice: (sent, position) => ({ kind: 'message.sent', position, sent }),
    waitsFor: 'messages',
    ordinalOf: (sent) => sent,
    resumedFrom: 'sent messages',
  },
  MessageEdited: {
    notice: (edited, position) => changedMessage('edited', edited, position),
    waitsFor: 'messages',
    resumedFrom: 'changed messages',
  },
  MessageDeleted: {
    notice: (deleted, position) => changedMessage('deleted', deleted, position),
    waitsFor: 'messages',
    resumedFrom: 'changed messages',
  },
  ReactionAdded: {
    notice: (added, position) => changedMessage('reacted', added, position),
    waitsFor: 'messages',
    resumedFrom: 'changed messages',
  },
  ReactionRemoved: {
    notice: (removed, position) => changedMessage('reacted', removed, position),
    waitsFor: 'messages',
    resumedFrom: 'changed messages',
  },
  MessagePinned: {
    notice: (pinned, position) => ({ kind: 'pin', ...pinChange(pinned, position) }),
    waitsFor: 'messages',
    resumedFrom: 'pins',
  },
  MessageUnpinned: {
    notice: (unpinned, position) => ({ kind: 'pin', ...unpinChange(unpinned, position) }),
    waitsFor: 'messages',
    resumedFrom: 'pins',
  },
  PreferencesChanged: {
    notice: ({ conversationId, userId, muted, archived, pinned }, position) => ({
      kind: 'preferences',
      position,
      conversationId,
      userId,
      preferences: { muted, archived, pinned },
    }),
    waitsFor: 'messages',
    resumedFrom: 'preferences',
  },
  MessageRead: {
    notice: (read, position) => ({ kind: 'message.read', position, read }),
    waitsFor: 'messages',
    ordinalOf: (read) => read,
    resumedFrom: 'reads',
  },
  MessagesDelivered: {
    notice: (delivered, position) => ({ kind: 'message.delivered', position, delivered }),
    waitsFor: 'messages',
    ordinalOf: (delivered) => delivered,
    resumedFrom: 'receipts',
  },
  ConversationStarted: {
    notice: ({ conversationId, members, startedAt }, position) =>
      about('started', conversationId, position, {
        joining: members.map(({ userId, role }) => ({ userId, role, joinedAt: startedAt })),
      }),
    waitsFor: 'messages',
    resumedFrom: 'changes of conversations',
  },
  ConversationRenamed: {
    notice: ({ conversationId }, position) => about('renamed', conversationId, position),
    waitsFor: 'messages',
    resumedFrom: 'changes of conversations',
  },
  MemberAdded: {
    notice: ({ conversationId, userId, role, addedAt }, position) =>
      about('member_added', conversationId, position, { joining: [{ userId, role, joinedAt: addedAt }] }),
    waitsFor: 'messages',
    resumedFrom: 'changes of conversations',
  },
  MemberRemoved: {
    notice: ({ conversationId, userId }, position) =>
      about('member_removed', conversationId, position, { leaving: [{ userId, position }] }),
    waitsFor: 'messages',
    resumedFrom: 'changes of conversations',
  },
  MemberRoleChanged: {
    notice: ({ conversationId, userId, role }, position) =>
      about('role_changed', conversationId, position, { roles: [{ userId, role }] }),
    waitsFor: 'messages',
    resumedFrom: 'changes of conversations',
  },
  ProfileChanged: {
    notice: ({ userId }) => ({ kind: 'user', userId }),
    waitsFor: 'users',
    resumedFrom: 'asking again',
  },
  UserErased: {
    notice: ({ userId }, position, since) => ({ kind: 'erasure', userId, position, since }),
    waitsFor: 'messages',
    resumedFrom: 'changed messages',
  },
  SettingsChanged: {
    notice: ({ userId, readReceipts }) => ({ kind: 'receipts', userId, shown: readReceipts }),
    waitsFor: null,
    resumedFrom: 'joining',
  },
} as const satisfies PushedEvents;

export type PushedEventType = keyof typeof pushedEvents;

/** The events that are pushed at their place in the order. */
export type OrderedEventType = {
  [Type in PushedEventType]: (typeof pushedEvents)[Type]['resumedFrom'] extends ResumeSource ? Type : never;
}[PushedEventType];

const types = Object.keys(pushedEvents) as PushedEventType[];

const isAskedAgain = (type: PushedEventType): boolean => pushedEvents[type].resumedFrom === 'asking again';

/**
 * The types of events that have notices without a place in the order: they change how a user looks. An erasure is told at its
 * place as well, as it changes what the user wrote.
 */
export const UNORDERED_TYPES = ['ProfileChanged', 'UserErased'] as const satisfies readonly PushedEventType[];

/** The types of events whose notices have a place in the order, or are pushed at once. */
export const ORDERED_TYPES: readonly PushedEventType[] = types.filter((type) => !isAskedAgain(type));

const byType: PushedEvents = pushedEvents;

const noticeOf = <Type extends ChatEventType>(
  { type, data, position }: RecordedEvent<Type>,
  before: Position,
): Notice | undefined => byType[type]?.notice(data, position, before);

/** Events that follow one another, behind a position. */
type Following = Pick<EventBatch, 'events' | 'after'>;

/** Answers what is pushed of events, as far as it has a place in the order or is pushed at once. */
export const noticesOf = ({ events, after }: Following): Notice[] =>
  events.flatMap((event, index) => noticeOf(event, events[index - 1]?.position ?? after) ?? []);

const isUnordered = (event: RecordedEvent): event is RecordedEvent<(typeof UNORDERED_TYPES)[number]> =>
  (UNORDERED_TYPES as readonly string[]).includes(event.type);

/** Answers what is pushed of events without a place in the order. */
export const userNoticesOf = ({ events }: Following): Notice[] =>
  events.filter(isUnordered).map(({ data: { userId } }) => ({ kind: 'user', userId }));

const isPushed = (type: string): type is PushedEventType => Object.hasOwn(pushedEvents, type);

/** Answers the projection that has to show an event before it is pushed; null where it is pushed at once. */
export const projectionBefore = (type: string): QueriedProjection | null =>
  isPushed(type) ? pushedEvents[type].waitsFor : null;

/** Answers the message whose ordinal is all that the frame of an event needs of a read model; undefined where it needs more. */
export const ordinalOf = <Type extends ChatEventType>({
  type,
  data,
}: RecordedEvent<Type>): NumberedMessage | undefined => {
  const pushed: PushedEvents[Type] = byType[type];
  return pushed && 'ordinalOf' in pushed ? pushed.ordinalOf(data) : undefined;
};
