import type { ConversationWriter } from '../../../application/projections/conversations.js';
import * as sql from './conversation-writer.sql.js';
import type { StatementBatch } from './statement-batch.js';

/** Writes conversations, members and what happened to them. */
export const createConversationWriter = (batch: StatementBatch): ConversationWriter => ({
  start: ({ data, position }) =>
    batch.add(sql.START_CONVERSATION, {
      conversation_id: data.conversationId,
      kind: data.kind,
      title: data.title,
      titled_by: data.startedBy,
      started_at: data.startedAt,
      members: data.members.map(({ userId, role }) => ({ user_id: userId, role })),
      position,
    }),
  rename: ({ data, position }) =>
    batch.add(sql.RENAME_CONVERSATION, {
      conversation_id: data.conversationId,
      title: data.title,
      titled_by: data.renamedBy,
      position,
    }),
  addMember: ({ data, position }) =>
    batch.addRow(sql.ADD_MEMBERS, {
      conversation_id: data.conversationId,
      user_id: data.userId,
      role: data.role,
      at: data.addedAt,
      position,
    }),
  removeMember: ({ data, position }) =>
    batch.add(sql.REMOVE_MEMBER, { conversation_id: data.conversationId, user_id: data.userId, position }),
  changeRole: ({ data, position }) =>
    batch.add(sql.CHANGE_ROLE, {
      conversation_id: data.conversationId,
      user_id: data.userId,
      role: data.role,
      position,
    }),
});
