import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { requireUsers, type RequireUsers } from '../../../src/application/conversations/require-users.js';
import { startGroup } from '../../../src/application/conversations/start-group.js';
import type { CommandContext } from '../../../src/application/kernel/command-context.js';
import { createTransact } from '../../../src/application/kernel/transact.js';
import { EventStoreOverloadedError } from '../../../src/application/ports/event-store.js';
import { rememberUsers } from '../../../src/application/users/remembered-users.js';
import type { CommandId, EventId, StreamId, UserId } from '../../../src/domain/kernel/ids.js';
import { Rejection } from '../../../src/domain/kernel/rejections.js';
import {
  createPostgresEventStore,
  type PostgresEventStore,
} from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { STORE_LIMITS } from '../../../src/infrastructure/event-store/postgres/store-limits.js';
import { createIdentifiers } from '../../../src/infrastructure/identifiers.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, cleo, userNumber } from '../../support/ids.js';
import { memoryUserKeys } from '../../support/user-keys.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { eventNumbered } from '../../support/test-codec.js';
import { refusalOf } from '../kernel/refusal.js';

const MOST = 999;
const REQUESTS = 300;
const { headQueries, queuedHeadQueries } = STORE_LIMITS;

const unknown = Array.from({ length: MOST }, (_, n) => userNumber(1_000 + n));

/**
 * Each unknown member was loaded by a query of its own, twice: 300 requests to start a group with 999 unknown ids put
 * 600,000 queries in front of everybody else's, and another user's `GET /me` took 29 to 37 s.
 */
describe('A group with members whom nobody knows', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  let users: RequireUsers;
  /** The number of streams that each query asked for. */
  let asked: number[];
  /** The largest number of connections that were in use or waited for. */
  let mostConnections: number;

  const register = (userId: UserId) =>
    store.append({
      streams: [
        {
          streamId: `user-${userId}` as StreamId,
          expected: 'any',
          events: [{ ...eventNumbered(0), ...fact('UserRegistered', { userId }), eventId: randomUUID() as EventId }],
        },
      ],
    });
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
  const start = (memberIds: readonly UserId[]) =>
    startGroup(
      createTransact(store, createIdentifiers(), () => Promise.resolve()),
      createIdentifiers(),
      users,
    )({ title: 'Engines', memberIds }, contextOf(ada));

  beforeEach(async () => {
    database = await testDatabase();
    const codec = createEventCodec(chatEvents, memoryUserKeys());
    const { pool } = database;
    const query = pool.query.bind(pool) as (parameters: { values?: unknown[] }) => Promise<unknown>;
    asked = [];
    mostConnections = 0;
    Object.assign(pool, {
      query: (parameters: { values?: unknown[] }) => {
        const [streams] = parameters.values ?? [];
        asked.push(Array.isArray(streams) ? streams.length : 1);
        const answer = query(parameters);
        mostConnections = Math.max(mostConnections, pool.totalCount - pool.idleCount + pool.waitingCount);
        return answer;
      },
    });
    store = await createPostgresEventStore({ pool, codec, log: { warn: () => undefined, error: () => undefined } });
    users = requireUsers(rememberUsers(store), store);
    for (const userId of [ada, bob, cleo]) await register(userId);
    asked.length = 0;
    mostConnections = 0;
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  it('is refused by one query, and by one for a single id where it is presented again', async () => {
    expect(await refusalOf(start([bob, ...unknown.slice(1)]))).to.equal('unknown_member');
    expect(await refusalOf(start([cleo, ...unknown.slice(1)]))).to.equal('unknown_member');
    expect(asked).to.deep.equal([MOST, 1]);
  });

  it('leaves connections to others, however many such requests come at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: REQUESTS }, () => start(unknown)));
    const errors = outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as unknown) : undefined));
    expect(asked).to.deep.equal(Array.from({ length: headQueries + queuedHeadQueries }, () => MOST));
    expect(errors.filter((error) => error instanceof Rejection)).to.have.length(headQueries + queuedHeadQueries);
    expect(errors.filter((error) => error instanceof EventStoreOverloadedError)).to.have.length(
      REQUESTS - headQueries - queuedHeadQueries,
    );
    expect(mostConnections).to.equal(headQueries);
  });

  it('begins as soon as the one who was missing has registered', async () => {
    const late = userNumber(1_000);
    expect(await refusalOf(start([bob, late]))).to.equal('unknown_member');
    expect(await refusalOf(start([bob, late]))).to.equal('unknown_member');
    await register(late);
    expect(await refusalOf(start([bob, late]))).to.equal(undefined);
    asked.length = 0;
    expect(await refusalOf(start([bob, late]))).to.equal(undefined);
    expect(asked).to.have.length(1);
  });

  it('takes nobody who was erased', async () => {
    await store.append({
      streams: [
        {
          streamId: `user-${cleo}` as StreamId,
          expected: 0,
          events: [{ ...eventNumbered(0), ...fact('UserErased', { userId: cleo }) }],
        },
      ],
    });
    expect(await refusalOf(start([bob, cleo]))).to.equal('unknown_member');
  });
});
