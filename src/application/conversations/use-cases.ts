import type { Transact } from '../kernel/transact.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { UserDirectory } from '../ports/user-directory.js';
import type { NoteFetched } from '../deliveries/note-fetched.js';
import { addMembers } from './add-members.js';
import { conversationChange } from './change-conversation.js';
import { getConversation } from './get-conversation.js';
import { listInbox } from './list-inbox.js';
import type { RequireUsers } from './require-users.js';
import { startDirectConversation } from './start-direct-conversation.js';
import { startGroup } from './start-group.js';

export interface ConversationPorts {
  readonly transact: Transact;
  readonly identifiers: Identifiers;
  readonly requireUsers: RequireUsers;
  readonly views: ConversationViews;
  readonly directory: UserDirectory;
  readonly deliveries: NoteFetched;
}

/** Conversations and their members. */
export const conversationUseCases = (ports: ConversationPorts) => {
  const { transact, identifiers, requireUsers, views, directory, deliveries } = ports;
  return {
    startDirectConversation: startDirectConversation(transact, identifiers, requireUsers),
    startGroup: startGroup(transact, identifiers, requireUsers),
    renameConversation: conversationChange(transact, 'RenameConversation'),
    addMembers: addMembers(transact, requireUsers),
    /** Removes a member. A member who removes themselves leaves. */
    removeMember: conversationChange(transact, 'RemoveMember'),
    changeMemberRole: conversationChange(transact, 'ChangeMemberRole'),
    getConversation: getConversation(views, directory),
    listInbox: listInbox(views, directory, deliveries),
  };
};

export type ConversationUseCases = ReturnType<typeof conversationUseCases>;
