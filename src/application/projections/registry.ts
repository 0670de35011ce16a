import { userMail, type OutboxWriter } from '../reactors/user-mail.js';
import { auditIndex, type AuditIndexWriter } from './audit-index.js';
import { erasedTexts, type ErasedTextsWriter } from './erased-texts.js';
import { deliveries, type DeliveryWriter } from './deliveries.js';
import { conversations, type ConversationWriter } from './conversations.js';
import { media, type MediaWriter } from './media.js';
import { messages, type MessageWriter } from './messages.js';
import { BACKGROUND, PROMPT } from './pace.js';
import { profiles, type ProfilesWriter } from './profiles.js';
import type { Projection } from './projector.js';
import { pins, type PinWriter } from './pins.js';
import { preferences, type PreferencesWriter } from './preferences.js';
import { reactions, type ReactionWriter } from './reactions.js';
import { reading, type ReadingWriter } from './reading.js';
import { search, type SearchWriter } from './search.js';
import { sessions, type SessionWriter } from './sessions.js';

export interface UsersWriters {
  readonly profiles: ProfilesWriter;
  readonly sessions: SessionWriter;
}

export interface MessagesWriters {
  readonly conversations: ConversationWriter;
  readonly messages: MessageWriter;
  readonly reactions: ReactionWriter;
  readonly pins: PinWriter;
  readonly preferences: PreferencesWriter;
  readonly reading: ReadingWriter;
  readonly deliveries: DeliveryWriter;
  readonly erasedTexts: ErasedTextsWriter;
}

export interface MediaWriters {
  readonly media: MediaWriter;
}

export interface SearchWriters {
  readonly search: SearchWriter;
}

export interface AuditIndexWriters {
  readonly auditIndex: AuditIndexWriter;
}

export interface MailWriters {
  readonly outbox: OutboxWriter;
}

/** The projection of users and their sessions. */
export const usersProjection = {
  name: 'users',
  // Raised to have the avatars of users.
  version: 4,
  projectors: [profiles, sessions],
  rebuildable: true,
  redrivenBy: 'applying',
  isQueried: true,
  pace: PROMPT,
} as const satisfies Projection<UsersWriters>;

/** The projection of conversations, their messages, and their receipts. */
export const messagesProjection = {
  name: 'messages',
  // Raised to tell what an erasure changes at its position.
  version: 13,
  projectors: [conversations, messages, reactions, pins, preferences, reading, deliveries, erasedTexts],
  // A message that was applied late would get the ordinal of a later one.
  rebuildable: true,
  redrivenBy: 'rebuilding',
  isQueried: true,
  pace: PROMPT,
} as const satisfies Projection<MessagesWriters>;

/** The projection of uploaded files. */
export const mediaProjection = {
  name: 'media',
  // Raised to tell the files that messages carry from those that nobody has sent.
  version: 2,
  projectors: [media],
  rebuildable: true,
  redrivenBy: 'applying',
  isQueried: true,
  pace: PROMPT,
} as const satisfies Projection<MediaWriters>;

/** The projection in which messages are searched. */
export const searchProjection = {
  name: 'search',
  // Raised to put messages of different conversations into lists at different moments.
  version: 2,
  // The tables are the same.
  olderVersions: { 1: 'followed' },
  projectors: [search],
  rebuildable: true,
  // Its ordinals are given in the order of the log.
  redrivenBy: 'rebuilding',
  isQueried: true,
  pace: BACKGROUND,
} as const satisfies Projection<SearchWriters>;

/** The projection by which auditors find events. */
export const auditIndexProjection = {
  name: 'audit_index',
  // Raised to find streams by the beginning of their names.
  version: 2,
  // The tables have the same columns: this only finds more slowly in them.
  olderVersions: { 1: 'followed' },
  projectors: [auditIndex],
  rebuildable: true,
  redrivenBy: 'applying',
  // Its readers read on in the log behind where it stands.
  isQueried: false,
  // Fifty at a time were fewer than auditors themselves make on a busy node, and what is not in it yet is opened one by one.
  pace: { ...BACKGROUND, portion: 500, missed: 'auditors find the newest events slowly' },
} as const satisfies Projection<AuditIndexWriters>;

/** The queue of mails. It is never made again, or they would all be sent again. */
export const mailProjection = {
  name: 'mail',
  // Raised to have mails queued that were passed over.
  version: 2,
  projectors: [userMail],
  rebuildable: false,
  redrivenBy: 'applying',
  isQueried: false,
  pace: PROMPT,
} as const satisfies Projection<MailWriters>;

/** Lists every projection. */
export const PROJECTIONS = [
  usersProjection,
  messagesProjection,
  mediaProjection,
  searchProjection,
  auditIndexProjection,
  mailProjection,
] as const;

type AnyProjection = (typeof PROJECTIONS)[number];

export type QueriedProjection = Extract<AnyProjection, { readonly isQueried: true }>['name'];
