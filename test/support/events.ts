import type { ChatEvents, ChatEventType } from '../../src/domain/event-catalogue.js';
import {
  ada,
  at,
  bob,
  conversationNumber,
  hashOf,
  messageNumber,
  positionOf,
  sessionNumber,
  ticketNumber,
} from './people.js';

/** One plain example of every event of the catalogue: a test states only what matters to it. */
const examples: { readonly [Type in ChatEventType]: ChatEvents[Type] } = {
  UserRegistered: {
    userId: ada,
    username: 'ada',
    email: 'ada@example.org',
    displayName: 'Ada',
    passwordHash: '$2b$12$abcdefghijklmnopqrstuv',
    registeredAt: at(0),
  },
  EmailVerificationRequested: {
    userId: ada,
    ticketId: ticketNumber(1),
    tokenHash: hashOf('ticket'),
    expiresAt: at(86_400),
    requestedAt: at(0),
  },
  EmailVerified: { userId: ada, ticketId: ticketNumber(1), verifiedAt: at(60) },
  SessionsEnded: { userId: ada, epoch: 1, exceptSessionId: null, endedAt: at(600) },
  UsernameClaimed: { userId: ada, claimedAt: at(0) },
  EmailClaimed: { userId: ada, claimedAt: at(0) },
  SessionStarted: {
    sessionId: sessionNumber(1),
    userId: ada,
    device: 'laptop',
    address: '192.0.2.1',
    epoch: 0,
    refreshTokenHash: hashOf('first'),
    refreshExpiresAt: at(604_800),
    startedAt: at(0),
  },
  SessionRefreshed: {
    sessionId: sessionNumber(1),
    epoch: 0,
    spentTokenHash: hashOf('first'),
    refreshTokenHash: hashOf('second'),
    refreshExpiresAt: at(604_900),
    refreshedAt: at(100),
  },
  RefreshTokenReused: { sessionId: sessionNumber(1), userId: ada, detectedAt: at(200) },
  SessionEnded: { sessionId: sessionNumber(1), userId: ada, reason: 'logged_out', endedAt: at(300) },
  ConversationStarted: {
    conversationId: conversationNumber(1),
    kind: 'group',
    title: 'Engines',
    members: [
      { userId: ada, role: 'owner' },
      { userId: bob, role: 'member' },
    ],
    startedBy: ada,
    startedAt: at(0),
  },
  ConversationRenamed: { conversationId: conversationNumber(1), title: 'Looms', renamedBy: ada, renamedAt: at(10) },
  MemberAdded: { conversationId: conversationNumber(1), userId: bob, role: 'member', addedBy: ada, addedAt: at(20) },
  MemberRemoved: { conversationId: conversationNumber(1), userId: bob, removedBy: ada, removedAt: at(30) },
  MemberRoleChanged: {
    conversationId: conversationNumber(1),
    userId: bob,
    role: 'admin',
    changedBy: ada,
    changedAt: at(40),
  },
  MessageSent: {
    messageId: messageNumber(1),
    conversationId: conversationNumber(1),
    senderId: ada,
    text: 'Good morning',
    replyTo: null,
    sentAt: at(50),
  },
  MessageRead: {
    conversationId: conversationNumber(1),
    userId: bob,
    messageId: messageNumber(1),
    messagePosition: positionOf(7),
    readAt: at(70),
  },
  RequestAccepted: { fingerprint: hashOf('body'), answer: { userId: ada }, acceptedAt: at(0) },
};

/** The example of an event, with these fields instead of its own. */
export const fact = <Type extends ChatEventType>(type: Type, changes: Partial<ChatEvents[Type]> = {}) => ({
  type,
  data: { ...examples[type], ...changes },
});

export const eventTypes = Object.keys(examples) as ChatEventType[];
