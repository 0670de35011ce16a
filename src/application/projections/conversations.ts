import type { ConversationEvents } from '../../domain/conversations/events.js';
import type { ConversationId, Position, UserId } from '../../domain/kernel/ids.js';
import { LOG_START } from '../../domain/kernel/position.js';
import type { ConversationChange } from '../ports/conversation-views.js';
import {
  changeKey,
  isKnown,
  memberKey,
  shownWords,
  type ConversationRow,
  type MemberRow,
  type MessagesTables,
} from './messages-tables.js';
import type { Projected, Projector } from './projector.js';
import { changeRow, putNewRow } from './rows.js';

type Recorded<Type extends keyof ConversationEvents> = Projected<ConversationEvents[Type]>;

/** The tables of conversations, their members, and what happened to them. */
export interface ConversationWriter {
  start(event: Recorded<'ConversationStarted'>): void;
  rename(event: Recorded<'ConversationRenamed'>): void;
  addMember(event: Recorded<'MemberAdded'>): void;
  removeMember(event: Recorded<'MemberRemoved'>): void;
  changeRole(event: Recorded<'MemberRoleChanged'>): void;
}

/** The inbox: who talks in which conversation, without the messages. */
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

type HasPosition = { readonly position: Position };
type OfConversation = HasPosition & {
  readonly data: { readonly conversationId: ConversationId; readonly userId?: UserId };
};

const startedRow = (tables: MessagesTables, { data, position }: Recorded<'ConversationStarted'>): ConversationRow => {
  const { conversationId, kind, title, startedBy, startedAt, members } = data;
  return {
    ...{ conversationId, kind, titledBy: startedBy, createdAt: startedAt, memberCount: members.length },
    title: title === null ? null : shownWords(tables, startedBy, title),
    ...{ lastSeq: 0, lastMessagePosition: LOG_START, lastActivityAt: startedAt, activityPosition: position, position },
  };
};

/** Makes the row of a new member, who has nothing unread of what was sent before. */
const joinedRow = (
  joining: Pick<MemberRow, 'conversationId' | 'userId' | 'role' | 'joinedAt' | 'position'>,
  lastSeq: number,
): MemberRow => ({
  ...joining,
  ...{ joinedPosition: joining.position, joinedSeq: lastSeq, readSeq: lastSeq, active: true },
});

/** Changes the number of members by this many. */
const counted = (row: ConversationRow, event: HasPosition, more: 1 | 0 | -1): ConversationRow =>
  isKnown(row, event) ? row : { ...row, memberCount: row.memberCount + more, position: event.position };

const changed = (row: MemberRow, event: HasPosition, change: Pick<MemberRow, 'active'> | Pick<MemberRow, 'role'>) =>
  isKnown(row, event) ? row : { ...row, ...change, position: event.position };

/** Carries out what these events mean. A database may do it in its own language, and has to give the same answers. */
export const conversationRows = (tables: MessagesTables): ConversationWriter => {
  const { conversations, members, changes } = tables;
  const note = (kind: ConversationChange['kind'], { position, data }: OfConversation) => {
    const change = { position, conversationId: data.conversationId, kind, userId: data.userId ?? null };
    putNewRow(changes, changeKey(change), change);
  };
  return {
    start: (event) => {
      const { conversationId, startedAt } = event.data;
      putNewRow(conversations, conversationId, startedRow(tables, event));
      for (const { userId, role } of event.data.members) {
        const joining = { conversationId, userId, role, joinedAt: startedAt, position: event.position };
        putNewRow(members, memberKey(conversationId, userId), joinedRow(joining, 0));
      }
      note('started', event);
    },
    rename: (event) => {
      const { conversationId, title, renamedBy } = event.data;
      const named = { title: shownWords(tables, renamedBy, title), titledBy: renamedBy, position: event.position };
      changeRow(conversations, conversationId, (row) => (isKnown(row, event) ? row : { ...row, ...named }));
      note('renamed', event);
    },
    addMember: (event) => {
      const { conversationId, userId, role, addedAt } = event.data;
      const key = memberKey(conversationId, userId);
      const before = members.get(key);
      changeRow(conversations, conversationId, (row) => {
        const joining = { conversationId, userId, role, joinedAt: addedAt, position: event.position };
        if (!before || !isKnown(before, event)) members.set(key, joinedRow(joining, row.lastSeq));
        return counted(row, event, 1);
      });
      note('member_added', event);
    },
    removeMember: (event) => {
      const { conversationId, userId } = event.data;
      changeRow(conversations, conversationId, (row) => counted(row, event, -1));
      changeRow(members, memberKey(conversationId, userId), (row) => changed(row, event, { active: false }));
      note('member_removed', event);
    },
    changeRole: (event) => {
      const { conversationId, userId, role } = event.data;
      changeRow(conversations, conversationId, (row) => counted(row, event, 0));
      changeRow(members, memberKey(conversationId, userId), (row) => changed(row, event, { role }));
      note('role_changed', event);
    },
  };
};
