import type { Transact } from '../kernel/transact.js';
import type { MessageAccess } from '../messages/message-access.js';
import type { MessageViews } from '../ports/message-views.js';
import { addReaction } from './add-reaction.js';
import { removeReaction } from './remove-reaction.js';

export interface ReactionPorts {
  readonly transact: Transact;
  readonly access: MessageAccess;
  readonly views: MessageViews;
}

/** Reactions to messages. */
export const reactionUseCases = ({ transact, access, views }: ReactionPorts) => ({
  addReaction: addReaction(transact, access, views),
  removeReaction: removeReaction(transact, access),
});

export type ReactionUseCases = ReturnType<typeof reactionUseCases>;
