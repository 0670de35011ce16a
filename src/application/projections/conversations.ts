import type { ConversationEvents } from '../../domain/conversations/events.js';
import type { Projected, Projector } from './projector.js';

type Recorded<Type extends keyof ConversationEvents> = Projected<ConversationEvents[Type]>;

/** The tables of conversations, their members, and what happened to them. */
export interface ConversationWriter {
  start(event: Recorded<'ConversationStarted'>): void;
  rename(event: Recorded<'ConversationRenamed'>): void;
  addMember(event: Recorded<'MemberAdded'>): void;
  removeMember(event: Recorded<'MemberRemoved'>): void;
  changeRole(event: Recorded<'MemberRoleChanged'>): void;
}

/** Who talks where: the inbox, without the messages. */
export const conversations: Projector<ConversationEvents, { readonly conversations: ConversationWriter }> = {
  name: 'conversations',
  on: {
    ConversationStarted: (write, event) => write.conversations.start(event),
    ConversationRenamed: (write, event) => write.conversations.rename(event),
    MemberAdded: (write, event) => write.conversations.addMember(event),
    MemberRemoved: (write, event) => write.conversations.removeMember(event),
    MemberRoleChanged: (write, event) => write.conversations.changeRole(event),
  },
};
