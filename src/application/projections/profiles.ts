import type { Instant, UserId } from '../../domain/kernel/ids.js';
import type { UserEvents } from '../../domain/users/events.js';
import type { Relation } from '../ports/user-directory.js';
import type { Projected, Projector } from './projector.js';

interface Pair {
  readonly userId: UserId;
  readonly otherId: UserId;
}

/** The tables of users and of how they stand to each other. */
export interface ProfilesWriter {
  register(event: Projected<UserEvents['UserRegistered']>): void;
  verify(event: Projected<UserEvents['EmailVerified']>): void;
  changeProfile(event: Projected<UserEvents['ProfileChanged']>): void;
  changeSettings(event: Projected<UserEvents['SettingsChanged']>): void;
  relate(relation: Relation, pair: Pair, at: Instant): void;
  unrelate(relation: Relation, pair: Pair): void;
  grant(event: Projected<UserEvents['RoleGranted']>): void;
  revoke(event: Projected<UserEvents['RoleRevoked']>): void;
  /** Forgets everything that is personal. */
  erase(event: Projected<UserEvents['UserErased']>): void;
}

/** Who is who, and who knows whom. */
export const profiles: Projector<UserEvents, { readonly profiles: ProfilesWriter }> = {
  name: 'profiles',
  on: {
    UserRegistered: (write, event) => write.profiles.register(event),
    EmailVerified: (write, event) => write.profiles.verify(event),
    ProfileChanged: (write, event) => write.profiles.changeProfile(event),
    SettingsChanged: (write, event) => write.profiles.changeSettings(event),
    ContactAdded: ({ profiles: write }, { data: { userId, contactId, addedAt } }) =>
      write.relate('contacts', { userId, otherId: contactId }, addedAt),
    ContactRemoved: ({ profiles: write }, { data: { userId, contactId } }) =>
      write.unrelate('contacts', { userId, otherId: contactId }),
    UserBlocked: ({ profiles: write }, { data: { userId, blockedId, blockedAt } }) =>
      write.relate('blocks', { userId, otherId: blockedId }, blockedAt),
    UserUnblocked: ({ profiles: write }, { data: { userId, blockedId } }) =>
      write.unrelate('blocks', { userId, otherId: blockedId }),
    RoleGranted: (write, event) => write.profiles.grant(event),
    RoleRevoked: (write, event) => write.profiles.revoke(event),
    UserErased: (write, event) => write.profiles.erase(event),
  },
};
