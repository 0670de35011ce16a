import type pg from 'pg';
import type { NewEvent, StreamAppend } from '../../src/application/ports/event-store.js';
import {
  streamOf,
  type ConversationId,
  type Hash,
  type Instant,
  type MessageId,
  type Position,
  type UserId,
} from '../../src/domain/kernel/ids.js';
import type { ChatEvents } from '../../src/domain/event-catalogue.js';
import { createPostgresEventStore } from '../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { createIdentifiers } from '../../src/infrastructure/identifiers.js';
import { chatEvents } from '../../src/infrastructure/serialization/chat-events.js';
import { PostgresUserKeys } from '../../src/infrastructure/security/user-keys.js';
import { testMasterKeys } from '../support/master-keys.js';
import { createEventCodec } from '../../src/infrastructure/serialization/create-event-codec.js';

const AT_ONCE = 500;
const READ_EVERY = 10;
const TEXT = 'x'.repeat(120);
const HASH = 'A'.repeat(43) as Hash;

const identifiers = createIdentifiers();

/** Answers a time that advances with each event. */
export const timeOf = (n: number): Instant => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString() as Instant;

export const eventOf = <Type extends keyof ChatEvents>(
  type: Type,
  data: ChatEvents[Type],
  { at, actorId = null }: { readonly at: Instant; readonly actorId?: UserId | null },
): NewEvent => {
  const commandId = identifiers.newCommandId();
  const metadata = {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actorId,
    sessionId: null,
    recordedAt: at,
  };
  return { eventId: identifiers.eventId(commandId, 0), type, data, metadata };
};

/** A message that was sent, and its number. */
interface SentMessage {
  readonly n: number;
  readonly messageId: MessageId;
  readonly senderId: UserId;
}

/** Opens a writer that fills a log as fast as possible, a few hundred appends at a time. */
export const openFiller = async (pool: pg.Pool, masterKey?: string) => {
  const tell = (fields: object, message: string) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
  const store = await createPostgresEventStore({
    pool,
    codec: createEventCodec(chatEvents, new PostgresUserKeys(pool, await testMasterKeys(masterKey))),
    log: { warn: tell, error: tell },
  });

  const append = (stream: StreamAppend) => store.append({ streams: [stream] });

  const inTurns = async (count: number, work: (n: number) => Promise<unknown>): Promise<void> => {
    for (let at = 0; at < count; at += AT_ONCE)
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, n) => work(at + n)));
  };

  const registerUser = async (n: number): Promise<UserId> => {
    const userId = identifiers.newUserId();
    const profile = { username: `u${n}`, email: `u${n}@example.com`, displayName: `U ${n}`, passwordHash: 'none' };
    const registered = eventOf('UserRegistered', { userId, ...profile, registeredAt: timeOf(0) }, { at: timeOf(0) });
    const ticketId = identifiers.newTicketId();
    const ticket = { userId, ticketId, tokenHash: HASH, expiresAt: timeOf(1), requestedAt: timeOf(0) };
    const requested = eventOf('EmailVerificationRequested', ticket, { at: timeOf(0) });
    await append({ streamId: streamOf('user', userId), expected: 'no stream', events: [registered, requested] });
    return userId;
  };

  const startDirect = async (one: UserId, other: UserId): Promise<ConversationId> => {
    const conversationId = identifiers.newConversationId();
    const members = [one, other].map((userId) => ({ userId, role: 'member' as const }));
    const kind = 'direct' as const;
    const data = { conversationId, kind, title: null, members, startedBy: one, startedAt: timeOf(0) };
    const events = [eventOf('ConversationStarted', data, { at: timeOf(0) })];
    await append({ streamId: streamOf('conversation', conversationId), expected: 'no stream', events });
    return conversationId;
  };

  const sendMany = async (
    conversationId: ConversationId,
    senders: readonly UserId[],
    count: number,
    follow: (sent: SentMessage) => readonly StreamAppend[] = () => [],
  ): Promise<Position> => {
    let last = '0' as Position;
    await inTurns(count, async (n) => {
      const messageId = identifiers.newMessageId();
      const senderId = senders[n % senders.length] as UserId;
      const sent = { messageId, conversationId, senderId, text: TEXT, replyTo: null, sentAt: timeOf(n) };
      const events = [eventOf('MessageSent', sent, { at: timeOf(n), actorId: senderId })];
      const { position } = await append({ streamId: streamOf('message', messageId), expected: 'no stream', events });
      last = position;
      for (const stream of follow({ n, messageId, senderId })) await append(stream);
      if (n % READ_EVERY !== 0) return;
      const reader = senders[(n + 1) % senders.length] as UserId;
      const read = { conversationId, userId: reader, messageId, messagePosition: position, readAt: timeOf(n) };
      const marks = [eventOf('MessageRead', read, { at: timeOf(n), actorId: reader })];
      await append({ streamId: streamOf('reading', `${conversationId}-${reader}`), expected: 'any', events: marks });
    });
    return last;
  };

  return { store, registerUser, startDirect, sendMany, inTurns };
};
