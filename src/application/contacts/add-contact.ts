import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import type { People } from '../users/people.js';
import { relate } from './relate.js';

/** Keeps a person among one's contacts; they are not told. */
export const addContact =
  (transact: Transact, people: People) =>
  ({ userId: contactId }: { readonly userId: UserId }, context: CommandContext) => {
    const data = { userId: context.actor, contactId, at: context.now };
    return relate(transact, people, { command: { type: 'AddContact', data }, other: contactId }, context);
  };
