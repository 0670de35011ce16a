import type { Transact } from '../kernel/transact.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { UserDirectory } from '../ports/user-directory.js';
import { addMembers } from './add-members.js';
import { changeMemberRole } from './change-member-role.js';
import { getConversation } from './get-conversation.js';
import { listInbox } from './list-inbox.js';
import { removeMember } from './remove-member.js';
import { renameConversation } from './rename-conversation.js';
import type { RequirePeople } from './require-people.js';
import { startDirectConversation } from './start-direct-conversation.js';
import { startGroup } from './start-group.js';

export interface ConversationPorts {
  readonly transact: Transact;
  readonly identifiers: Identifiers;
  readonly requirePeople: RequirePeople;
  readonly views: ConversationViews;
  readonly directory: UserDirectory;
}

/** Conversations and their members. */
export const conversationUseCases = (ports: ConversationPorts) => {
  const { transact, identifiers, requirePeople, views, directory } = ports;
  return {
    startDirectConversation: startDirectConversation(transact, identifiers, requirePeople),
    startGroup: startGroup(transact, identifiers, requirePeople),
    renameConversation: renameConversation(transact),
    addMembers: addMembers(transact, requirePeople),
    removeMember: removeMember(transact),
    changeMemberRole: changeMemberRole(transact),
    getConversation: getConversation(views, directory),
    listInbox: listInbox(views, directory),
  };
};

export type ConversationUseCases = ReturnType<typeof conversationUseCases>;
