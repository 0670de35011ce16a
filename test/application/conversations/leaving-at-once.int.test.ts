import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { conversationChange } from '../../../src/application/conversations/change-conversation.js';
import { createTransact, type Jitter } from '../../../src/application/kernel/transact.js';
import type { EventStore } from '../../../src/application/ports/event-store.js';
import { streamOf, type CommandId, type UserId } from '../../../src/domain/kernel/ids.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { createIdentifiers } from '../../../src/infrastructure/identifiers.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { group, started } from '../../support/group-facts.js';
import { at, userNumber } from '../../support/ids.js';
import { memoryUserKeys } from '../../support/user-keys.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { eventNumbered } from '../../support/test-codec.js';

const LEAVING = 30;
const LONGEST_JITTER_MS = 10;

const stream = streamOf('conversation', group);
const members = Array.from({ length: LEAVING }, (_, n) => userNumber(n + 1));
const log = { warn: () => undefined, error: () => undefined };

// Of 30 users who left a group at once, over two servers, 21 were answered 503: every collision left only one winner,
// and nobody tried more than three times.
describe('Users who leave a group at once', () => {
  let database: TestDatabase;
  let stores: Awaited<ReturnType<typeof createPostgresEventStore>>[];
  let collisions: number;

  const jitter: Jitter = async (attempt) => {
    collisions += 1;
    await sleep(Math.random() * LONGEST_JITTER_MS * (attempt + 1));
  };
  const nodeOn = (store: EventStore) => {
    const leave = conversationChange(createTransact(store, createIdentifiers(), jitter), 'RemoveMember');
    return (userId: UserId) =>
      leave(
        { conversationId: group, userId },
        {
          commandId: randomUUID() as CommandId,
          correlationId: 'test',
          causationId: randomUUID() as CommandId,
          actor: userId,
          sessionId: null,
          now: at(0),
          address: '192.0.2.1',
          claim: null,
        },
      );
  };
  const left = async (): Promise<UserId[]> => {
    const gone: UserId[] = [];
    for await (const { type, data } of stores[0]!.readStream(stream))
      if (type === 'MemberRemoved') gone.push((data as { userId: UserId }).userId);
    return gone;
  };

  beforeEach(async () => {
    collisions = 0;
    database = await testDatabase();
    const { pool } = database;
    const codec = createEventCodec(chatEvents, memoryUserKeys());
    stores = [
      await createPostgresEventStore({ pool, codec, log }),
      await createPostgresEventStore({ pool, codec, log }),
    ];
    const events = [{ ...eventNumbered(0), ...started(members) }];
    await stores[0]!.append({ streams: [{ streamId: stream, expected: 'no stream', events }] });
  });
  afterEach(async () => {
    for (const store of stores) await store.close();
    await database.drop();
  });

  it('all leave, over two nodes', async () => {
    const nodes = stores.map(nodeOn);
    await Promise.all(members.map((userId, n) => nodes[n % nodes.length]!(userId)));
    expect((await left()).toSorted()).to.deep.equal(members.toSorted());
  });

  it('do not collide with each other on one node, and leave in the order in which they asked', async () => {
    await Promise.all(members.map(nodeOn(stores[0]!)));
    expect([await left(), collisions]).to.deep.equal([members, 0]);
  });
});
