import type { UserId } from '../../src/domain/kernel/ids.js';
import { fact } from './events.js';
import { ada, conversationNumber, messageNumber } from './ids.js';

/** The groups of these facts. A fact happens in the first one by default. */
export const [group, otherGroup] = [conversationNumber(1), conversationNumber(2)];

export const started = (members: readonly UserId[], conversationId = group) =>
  fact('ConversationStarted', {
    conversationId,
    kind: 'group',
    title: 'Engines',
    members: members.map((userId) => ({ userId, role: 'member' })),
  });

export const added = (userId: UserId) => fact('MemberAdded', { conversationId: group, userId });

export const removed = (userId: UserId) => fact('MemberRemoved', { conversationId: group, userId });

export const renamed = (title: string) => fact('ConversationRenamed', { conversationId: group, title });

export const promoted = (userId: UserId) => fact('MemberRoleChanged', { conversationId: group, userId, role: 'admin' });

export const sent = (n: number, conversationId = group) =>
  fact('MessageSent', { messageId: messageNumber(n), conversationId, senderId: ada, text: `message ${n}` });

export const read = (n: number, userId: UserId, hidden = false) =>
  fact('MessageRead', { conversationId: group, userId, messageId: messageNumber(n), ...(hidden && { hidden }) });
