import type { UserId } from '../../domain/kernel/ids.js';
import type { Transact } from '../kernel/transact.js';
import type { Page, ProfilePage, Relation, UserDirectory } from '../ports/user-directory.js';
import type { Users } from '../users/remembered-users.js';
import { addContact } from './add-contact.js';
import { blockUser } from './block-user.js';
import { removeContact } from './remove-contact.js';
import { unblockUser } from './unblock-user.js';

export interface ContactPorts {
  readonly transact: Transact;
  readonly users: Users;
  readonly directory: UserDirectory;
}

/** Contacts and blocks. */
export const contactUseCases = ({ transact, users, directory }: ContactPorts) => ({
  addContact: addContact(transact, users),
  removeContact: removeContact(transact),
  blockUser: blockUser(transact, users),
  unblockUser: unblockUser(transact),
  /** Lists the contacts of a user, or those whom they have blocked, by username. */
  listRelated: (userId: UserId, relation: Relation, page: Page): Promise<ProfilePage> =>
    directory.related(userId, relation, page),
});

export type ContactUseCases = ReturnType<typeof contactUseCases>;
