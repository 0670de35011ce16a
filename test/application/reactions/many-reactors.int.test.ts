import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { conversationAccess } from '../../../src/application/conversations/conversation-access.js';
import type { RequireUsers } from '../../../src/application/conversations/require-users.js';
import type { CommandContext } from '../../../src/application/kernel/command-context.js';
import { createTransact } from '../../../src/application/kernel/transact.js';
import { messageAccess } from '../../../src/application/messages/message-access.js';
import { messagePlaces } from '../../../src/application/messages/message-places.js';
import { addReaction } from '../../../src/application/reactions/add-reaction.js';
import { removeReaction } from '../../../src/application/reactions/remove-reaction.js';
import type { EventStore } from '../../../src/application/ports/event-store.js';
import { streamOf, type CommandId, type UserId } from '../../../src/domain/kernel/ids.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { createIdentifiers } from '../../../src/infrastructure/identifiers.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { group, sent, started } from '../../support/group-facts.js';
import { at, messageNumber, userNumber } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { eventNumbered } from '../../support/test-codec.js';
import { memoryUserKeys } from '../../support/user-keys.js';

const REACTING = 500;
const messageId = messageNumber(1);
const members = Array.from({ length: REACTING }, (_, n) => userNumber(n + 1));
const log = { warn: () => undefined, error: () => undefined };

describe('Users who react to one message at once', () => {
  let database: TestDatabase;
  let store: Awaited<ReturnType<typeof createPostgresEventStore>>;
  let collisions: number;

  const contextOf = (actor: UserId): CommandContext => ({
    commandId: randomUUID() as CommandId,
    correlationId: 'test',
    causationId: randomUUID() as CommandId,
    actor,
    sessionId: null,
    now: at(0),
    address: '192.0.2.1',
    claim: null,
  });
  const reacting = (log: EventStore = store) => {
    const transact = createTransact(log, createIdentifiers(), async () => {
      collisions += 1;
    });
    const access = messageAccess(messagePlaces(store), conversationAccess(store, {} as RequireUsers));
    return {
      add: addReaction(transact, access, { find: async () => undefined }),
      take: removeReaction(transact, access),
    };
  };
  const logged = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { type, data } of store.readAll({ filter: { streamPrefixes: ['reaction-'] } }))
      found.push(`${type} ${(data as { userId: UserId }).userId}`);
    return found.sort();
  };

  beforeEach(async () => {
    collisions = 0;
    database = await testDatabase();
    const codec = createEventCodec(chatEvents, memoryUserKeys());
    store = await createPostgresEventStore({ pool: database.pool, codec, log });
    const facts = [started(members), sent(1)];
    const streams = [streamOf('conversation', group), streamOf('message', messageId)].map((streamId, n) => ({
      streamId,
      expected: 'no stream' as const,
      events: [{ ...eventNumbered(n), ...facts[n]! }],
    }));
    await store.append({ streams });
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  it('all do, and none of them collides with another', async () => {
    const { add } = reacting();
    await Promise.all(members.map((userId) => add({ messageId, emoji: '👍' }, contextOf(userId))));
    expect(await logged()).to.deep.equal(members.map((userId) => `ReactionAdded ${userId}`).sort());
    expect(collisions).to.equal(0);
  });

  it('do not wait for one whose reaction is held up', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const [ada, bob] = members as [UserId, UserId];
    const append: EventStore['append'] = async (batch) => {
      if (batch.streams.some(({ streamId }) => streamId.endsWith(ada))) await held;
      return store.append(batch);
    };
    const slow: Pick<EventStore, 'append' | 'readStream'> = {
      append,
      readStream: (streamId, options) => store.readStream(streamId, options),
    };
    const { add } = reacting(slow as EventStore);
    const first = add({ messageId, emoji: '👍' }, contextOf(ada));
    await add({ messageId, emoji: '👍' }, contextOf(bob));
    expect(await logged()).to.deep.equal([`ReactionAdded ${bob}`]);
    release();
    await first;
    expect(await logged()).to.have.length(2);
  });

  it('do so once, on however many devices, and end as the last of them has it', async () => {
    const [{ add }, { add: elsewhere, take }] = [reacting(), reacting()];
    const input = { messageId, emoji: '👍' };
    const [ada] = members as [UserId];
    await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? add : elsewhere)(input, contextOf(ada))));
    expect(await logged()).to.deep.equal([`ReactionAdded ${ada}`]);
    await Promise.all([take(input, contextOf(ada)), take(input, contextOf(ada))]);
    expect(await logged()).to.deep.equal([`ReactionAdded ${ada}`, `ReactionRemoved ${ada}`]);
  });
});
