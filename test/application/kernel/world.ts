import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { conversationAccess } from '../../../src/application/conversations/conversation-access.js';
import { requireUsers } from '../../../src/application/conversations/require-users.js';
import { standingHolds } from '../../../src/application/holds/standing-holds.js';
import type { CommandContext } from '../../../src/application/kernel/command-context.js';
import { createTransact } from '../../../src/application/kernel/transact.js';
import { attachMedia } from '../../../src/application/messages/attach-media.js';
import { messagePlaces } from '../../../src/application/messages/message-places.js';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import { resolveMentions } from '../../../src/application/messages/resolve-mentions.js';
import { retentionRules } from '../../../src/application/retention/rules.js';
import { createUserLookup } from '../../../src/application/users/user-lookup.js';
import { rememberUsers } from '../../../src/application/users/remembered-users.js';
import { registerUser } from '../../../src/application/users/register-user.js';
import { verifyEmail } from '../../../src/application/users/verify-email.js';
import type { ChatEventType } from '../../../src/domain/event-catalogue.js';
import type { EventMap } from '../../../src/domain/kernel/fact.js';
import type { Instant, SessionId, StreamId, TicketId, UserId } from '../../../src/domain/kernel/ids.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { createIdentifiers } from '../../../src/infrastructure/identifiers.js';
import { limiterInMemory } from '../../../src/infrastructure/limits/limiters.js';
import { createAccessTokens } from '../../../src/infrastructure/security/access-tokens.js';
import { createAttemptLimits } from '../../../src/infrastructure/security/attempt-limits.js';
import { createKeyedHashes } from '../../../src/infrastructure/security/keyed-hashes.js';
import { createPasswords } from '../../../src/infrastructure/security/passwords.js';
import { refreshTokens } from '../../../src/infrastructure/security/refresh-tokens.js';
import { MemorySessionDenylist } from '../../../src/infrastructure/security/session-denylist.js';
import { createTickets } from '../../../src/infrastructure/security/tickets.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { memoryUserKeys } from '../../support/user-keys.js';

const BCRYPT_COST = 4;
const HOUR = 3_600;
const DAY = 86_400;
const LONGEST_JITTER_MS = 10;

export const PASSWORD = 'correct horse battery';

export type World = Awaited<ReturnType<typeof createWorld>>;

/**
 * Makes everything on which the use cases depend. All of it is real except that the log is in memory and the test sets
 * the clock.
 */
export const createWorld = async ({ limitScale = 1_000 } = {}) => {
  const [claims, passwords, ticketKey, requests] = [1, 2, 3, 4].map(() => randomBytes(32)) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  const keys = memoryUserKeys();
  const store = createMemoryEventStore(createEventCodec(chatEvents, keys));
  const identifiers = createIdentifiers();
  const hashes = createKeyedHashes({ claims, passwords, tickets: ticketKey, requests });
  const tickets = createTickets(ticketKey);
  const credentials = {
    identifiers,
    hashes,
    passwords: await createPasswords(passwords, BCRYPT_COST),
    tickets,
    ticketSeconds: { 'verify-email': DAY, 'password-reset': HOUR },
  };
  const transact = createTransact(store, identifiers, async (attempt) => {
    await sleep(Math.random() * LONGEST_JITTER_MS * (attempt + 1));
  });
  /** The milliseconds that attempts were made to wait. */
  const delays: number[] = [];
  const limits = createAttemptLimits({
    make: limiterInMemory,
    scale: limitScale,
    pause: async (milliseconds) => void delays.push(milliseconds),
  });
  const denylist = new MemorySessionDenylist(DAY);
  const users = rememberUsers(store);
  const relations = requireUsers(users, store);
  const access = conversationAccess(store, relations);
  const tokens = {
    access: createAccessTokens([randomBytes(32).toString('hex')], DAY),
    refresh: refreshTokens,
    refreshSeconds: 7 * DAY,
  };
  const lookup = createUserLookup(store, hashes);
  let turned = 0;

  const now = (): Instant => new Date(Date.now() + turned * 1_000).toISOString() as Instant;

  const contextOf = <Actor extends UserId | null>(
    actor: Actor,
    sessionId: SessionId | null = null,
    address = '192.0.2.1',
  ): CommandContext<Actor> => {
    const commandId = identifiers.newCommandId();
    const ids = { commandId, correlationId: 'test', causationId: commandId };
    return { ...ids, actor, sessionId, now: now(), address, claim: null };
  };

  const streamEvents = async (streamId: string): Promise<RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for await (const event of store.readStream(streamId as StreamId)) events.push(event);
    return events;
  };

  const typesIn = async (streamId: string): Promise<string[]> => (await streamEvents(streamId)).map(({ type }) => type);

  /** Answers the data of every event of a type in the whole log. */
  const logged = async (type: ChatEventType): Promise<EventMap[string][]> => {
    const found: object[] = [];
    for await (const event of store.readAll({ filter: { types: [type] } })) found.push(event.data);
    return found;
  };

  /** Answers the token of the newest verification mail, as the mailer would derive it. */
  const mailedToken = async (userId: UserId): Promise<string> => {
    const asked = (await streamEvents(`user-${userId}`)).findLast(({ type }) => type === 'EmailVerificationRequested');
    return tickets.tokenOf('verify-email', userId, (asked?.data as { ticketId: TicketId }).ticketId);
  };

  const register = registerUser(transact, credentials, limits);
  const verify = verifyEmail(transact, tickets, limits);

  /** Registers a user with this name. */
  const stranger = async (username: string): Promise<UserId> => {
    const input = { username, email: `${username}@example.org`, password: PASSWORD };
    return (await register(input, contextOf(null))).userId;
  };

  /** Registers and verifies a user. */
  const user = async (username: string): Promise<UserId> => {
    const userId = await stranger(username);
    await verify({ token: await mailedToken(userId) }, contextOf(null));
    return userId;
  };

  return {
    store,
    identifiers,
    hashes,
    tickets,
    credentials,
    transact,
    limits,
    delays,
    denylist,
    access,
    tokens,
    keys,
    users,
    holds: standingHolds(store),
    rules: retentionRules(store),
    relations,
    lookup,
    resolveMentions: resolveMentions(lookup),
    /** The parts of mailed links; they do their work at once, because the tests measure no time. */
    mailing: { lookup, limits, minimumDuration: (_: string, work: () => Promise<void>) => work() },
    attachMedia: attachMedia(store),
    places: messagePlaces(store),
    now,
    contextOf,
    streamEvents,
    typesIn,
    logged,
    mailedToken,
    stranger,
    user,
    /** Advances the clock by this many seconds. */
    turnClock: (seconds: number) => {
      turned += seconds;
    },
  };
};
