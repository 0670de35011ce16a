import type { ChatEvents, ChatEventType } from '../../domain/event-catalogue.js';
import type { PersonalFields } from './sealing.js';

/** What stands in the place of what an erased person said or was called. */
export const ERASED = 'erased';

/** Fields that hold something personal, and the field that says whose it is. */
const of = <Data extends object>(
  owner: keyof Data & string,
  since: number,
  ...fields: (keyof Data & string)[]
): PersonalFields => ({ owner, since, erased: Object.fromEntries(fields.map((field) => [field, ERASED])) });

/** What is personal in the events of the catalogue. Version 1 of those with `since` 2 was stored as it is. */
export const personalFields: Readonly<Partial<Record<ChatEventType, PersonalFields>>> = {
  UserRegistered: of<ChatEvents['UserRegistered']>('userId', 2, 'username', 'email', 'displayName', 'passwordHash'),
  PasswordChanged: of<ChatEvents['PasswordChanged']>('userId', 1, 'passwordHash'),
  ProfileChanged: of<ChatEvents['ProfileChanged']>('userId', 1, 'displayName', 'bio'),
  SessionStarted: of<ChatEvents['SessionStarted']>('userId', 2, 'device', 'address'),
  ConversationStarted: of<ChatEvents['ConversationStarted']>('startedBy', 2, 'title'),
  ConversationRenamed: of<ChatEvents['ConversationRenamed']>('renamedBy', 2, 'title'),
  MessageSent: of<ChatEvents['MessageSent']>('senderId', 2, 'text'),
};
