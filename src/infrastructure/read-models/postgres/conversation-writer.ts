import type { ConversationWriter } from '../../../application/projections/conversations.js';
import type { ConversationId, Position } from '../../../domain/kernel/ids.js';
import * as sql from './conversation-writer.sql.js';
import type { StatementBatch } from './statement-batch.js';

/** Where the batch's messages of a conversation stand so far: they are stored after what happened to conversations. */
type SentSoFar = (conversationId: ConversationId) => readonly Position[];

/** Writes conversations, members and what happened to them. */
export const createConversationWriter = (batch: StatementBatch, sentSoFar: SentSoFar): ConversationWriter => ({
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
      sent_before: sentSoFar(data.conversationId),
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
