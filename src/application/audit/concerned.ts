import type { ChatEvents, ChatEventType } from '../../domain/event-catalogue.js';
import type { ConversationId, MessageId, UserId } from '../../domain/kernel/ids.js';

type Members = readonly { readonly userId: UserId }[];

/** The fields of an event that name users: one, several, or members. */
type UserFields<Data> = {
  [Field in keyof Data]-?: NonNullable<Data[Field]> extends UserId | readonly UserId[] | Members ? Field : never;
}[keyof Data];

const YES = true;

/**
 * Says of each field of each event that names users whether these are concerned by it. A field that is missing here does not
 * compile: whoever adds one decides.
 */
const concerns: { readonly [Type in ChatEventType]: Readonly<Record<UserFields<ChatEvents[Type]>, boolean>> } = {
  UserRegistered: { userId: YES },
  EmailVerificationRequested: { userId: YES },
  EmailVerified: { userId: YES },
  PasswordResetRequested: { userId: YES },
  PasswordChanged: { userId: YES },
  SessionsEnded: { userId: YES },
  ProfileChanged: { userId: YES },
  SettingsChanged: { userId: YES },
  ContactAdded: { userId: YES, contactId: YES },
  ContactRemoved: { userId: YES, contactId: YES },
  UserBlocked: { userId: YES, blockedId: YES },
  UserUnblocked: { userId: YES, blockedId: YES },
  RoleGranted: { userId: YES, grantedBy: YES },
  RoleRevoked: { userId: YES, revokedBy: YES },
  UserErased: { userId: YES, erasedBy: YES },
  // Who claimed a name is sealed, so that nobody finds it by the name: an index must not say it either.
  UsernameClaimed: { userId: false },
  UsernameReleased: {},
  EmailClaimed: { userId: false },
  EmailReleased: {},
  SessionStarted: { userId: YES },
  SessionRefreshed: {},
  RefreshTokenReused: { userId: YES },
  SessionEnded: { userId: YES },
  ConversationStarted: { members: YES, startedBy: YES },
  ConversationRenamed: { renamedBy: YES },
  MemberAdded: { userId: YES, addedBy: YES },
  MemberRemoved: { userId: YES, removedBy: YES },
  MemberRoleChanged: { userId: YES, changedBy: YES },
  MessageSent: { senderId: YES, mentions: YES },
  MessageEdited: { senderId: YES, mentions: YES },
  MessageDeleted: { deletedBy: YES },
  ReactionAdded: { userId: YES },
  ReactionRemoved: { userId: YES },
  MessagePinned: { pinnedBy: YES },
  MessageUnpinned: { unpinnedBy: YES },
  PreferencesChanged: { userId: YES },
  MediaUploaded: { uploaderId: YES },
  MediaAttached: { uploaderId: YES },
  MediaAttachedToProfile: { uploaderId: YES },
  MediaRemoved: { uploaderId: YES },
  StorageTaken: { userId: YES },
  StorageFreed: { userId: YES },
  MessageRead: { userId: YES },
  MessagesDelivered: { userId: YES },
  RequestAccepted: { userId: YES },
  AuditAnswered: { auditorId: YES, trail: false },
  AuditStreamStarted: { auditorId: YES, trail: false },
  AuditStreamEnded: { auditorId: YES },
  ToolCommandStarted: { auditorId: YES, trail: false },
  ToolCommandEnded: {},
  UsersAudited: { auditorId: YES, userIds: YES },
  AuditAccessRefused: { userId: YES },
  AuditRequested: { auditorId: YES, trail: false },
  AuditRequestApproved: { auditorId: YES, approvedBy: YES },
  AuditRequestRefused: { auditorId: YES, refusedBy: YES },
  AuditRequestExpired: { auditorId: YES },
  HoldPlaced: { userId: YES, placedBy: YES, trail: false },
  HoldLifted: { userId: YES, liftedBy: YES, trail: false },
  RetentionSet: { setBy: YES, trail: false },
  RetentionCleared: { clearedBy: YES, trail: false },
  MaintenanceStarted: { startedBy: YES, trail: false },
  MaintenanceCancelled: { cancelledBy: YES, trail: false },
  MaintenanceEnded: {},
  SubjectsIndexed: {},
};

export const CONCERNING_TYPES = Object.keys(concerns) as ChatEventType[];

/** An event, as far as it says whom and what it concerns. */
export interface ConcerningEvent {
  readonly type: string;
  readonly data: object;
  readonly actorId: UserId | null;
}

type Content = Readonly<Record<string, unknown>>;

const usersIn = (value: unknown): readonly UserId[] => {
  if (typeof value === 'string') return [value as UserId];
  if (!Array.isArray(value)) return [];
  return value.map((each: UserId | Members[number]) => (typeof each === 'string' ? each : each.userId));
};

/** The fields of each type whose users are concerned: they are looked up for every event of a log. */
const FIELDS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(concerns).map(([type, fields]) => [
    type,
    Object.entries<boolean>(fields).flatMap(([field, isConcerned]) => (isConcerned ? [field] : [])),
  ]),
);

/** Answers the users whom an event concerns: who acted, and whom it names. An event of a type that is not known has its actor alone. */
export const concernedUsers = ({ type, data, actorId }: ConcerningEvent): UserId[] => {
  const found = new Set<UserId>(actorId === null ? [] : [actorId]);
  for (const field of FIELDS.get(type) ?? []) for (const userId of usersIn((data as Content)[field])) found.add(userId);
  return [...found];
};

/** Answers the conversation that an event names. */
export const namedConversation = ({ data }: Pick<ConcerningEvent, 'data'>): ConversationId | null => {
  const { conversationId } = data as Content;
  return typeof conversationId === 'string' ? (conversationId as ConversationId) : null;
};

/** Answers the message whose conversation is that of the event, where the event names none. */
export const namedMessage = ({ data }: Pick<ConcerningEvent, 'data'>): MessageId | null => {
  const { messageId } = data as Content;
  return typeof messageId === 'string' ? (messageId as MessageId) : null;
};

const AUDIT_STREAMS = /^audit[a-z]*-/;

/** Says whether an event tells of an audit: that one is shown concerns nobody, or two auditors would record each other for ever. */
export const isOfAudit = ({ streamId }: { readonly streamId: string }): boolean => AUDIT_STREAMS.test(streamId);
