import { ERASED } from '../../application/kernel/erased.js';
import type { ChatEvents, ChatEventType } from '../../domain/event-catalogue.js';
import type { PersonalFields } from './sealing.js';

/** Fields that hold something personal, and the field that says whose it is. */
const of = <Data extends object>(
  owner: keyof Data & string,
  boundSince: number,
  ...fields: (keyof Data & string)[]
): PersonalFields => ({ owner, boundSince, erased: Object.fromEntries(fields.map((field) => [field, ERASED])) });

/** Who holds a name is sealed: from the name, nobody can tell whose it was before they were erased. */
const claim: PersonalFields = { owner: 'userId', hidesOwner: true, boundSince: 2, erased: { userId: null } };

/**
 * What is personal in the events of the catalogue, and from which version on it is bound to its event. Of those with
 * version 3, version 1 was stored as it is.
 */
export const personalFields: Readonly<Partial<Record<ChatEventType, PersonalFields>>> = {
  UserRegistered: of<ChatEvents['UserRegistered']>('userId', 3, 'username', 'email', 'displayName', 'passwordHash'),
  PasswordChanged: of<ChatEvents['PasswordChanged']>('userId', 2, 'passwordHash'),
  ProfileChanged: of<ChatEvents['ProfileChanged']>('userId', 2, 'displayName', 'bio'),
  SessionStarted: of<ChatEvents['SessionStarted']>('userId', 3, 'device', 'address'),
  ConversationStarted: of<ChatEvents['ConversationStarted']>('startedBy', 3, 'title'),
  ConversationRenamed: of<ChatEvents['ConversationRenamed']>('renamedBy', 3, 'title'),
  MessageSent: of<ChatEvents['MessageSent']>('senderId', 3, 'text'),
  RequestAccepted: of<ChatEvents['RequestAccepted']>('userId', 2, 'fingerprint'),
  UsernameClaimed: claim,
  EmailClaimed: claim,
};
