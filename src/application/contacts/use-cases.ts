import type { Transact } from '../kernel/transact.js';
import type { UserDirectory } from '../ports/user-directory.js';
import type { People } from '../users/people.js';
import { addContact } from './add-contact.js';
import { blockUser } from './block-user.js';
import { listRelated } from './list-related.js';
import { removeContact } from './remove-contact.js';
import { unblockUser } from './unblock-user.js';

export interface ContactPorts {
  readonly transact: Transact;
  readonly people: People;
  readonly directory: UserDirectory;
}

/** Contacts and blocks. */
export const contactUseCases = ({ transact, people, directory }: ContactPorts) => ({
  addContact: addContact(transact, people),
  removeContact: removeContact(transact),
  blockUser: blockUser(transact, people),
  unblockUser: unblockUser(transact),
  listRelated: listRelated(directory),
});

export type ContactUseCases = ReturnType<typeof contactUseCases>;
