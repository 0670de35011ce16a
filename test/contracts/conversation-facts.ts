import type { Position } from '../../src/domain/kernel/ids.js';
import { fact } from '../support/events.js';
import { ada, at, bob, cleo, conversationNumber, messageNumber } from '../support/ids.js';

export const [first, second, third] = [conversationNumber(1), conversationNumber(2), conversationNumber(3)];
const users = [ada, bob, cleo].map((userId) => ({ userId, role: 'member' as const }));
export const started = (conversationId: typeof first, n: number) =>
  fact('ConversationStarted', { conversationId, kind: 'group', title: `Group ${n}`, members: users, startedAt: at(n) });
export const sent = (n: number, conversationId = first, senderId = ada) =>
  fact('MessageSent', {
    messageId: messageNumber(n),
    conversationId,
    senderId,
    text: `message ${n}`,
    sentAt: at(n * 10),
  });
export const read = (n: number, userId: typeof ada, seconds: number, messagePosition: string) =>
  fact('MessageRead', {
    conversationId: first,
    userId,
    messageId: messageNumber(n),
    messagePosition: messagePosition as Position,
    readAt: at(seconds),
  });
export const delivered = (n: number, userId: typeof ada, seconds: number) =>
  fact('MessagesDelivered', { conversationId: first, userId, messageId: messageNumber(n), deliveredAt: at(seconds) });
export const removed = (userId: typeof ada) =>
  fact('MemberRemoved', { conversationId: first, userId, removedBy: ada, removedAt: at(900) });
export const added = (userId: typeof ada) =>
  fact('MemberAdded', { conversationId: first, userId, role: 'member', addedBy: ada, addedAt: at(950) });
