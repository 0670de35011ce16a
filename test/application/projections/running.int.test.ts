import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { InvalidEventError, type EventCodec } from '../../../src/application/ports/event-codec.js';
import type { EventHeader, EventStore } from '../../../src/application/ports/event-store.js';
import { handledTypes } from '../../../src/application/projections/projector.js';
import { messagesProjection } from '../../../src/application/projections/registry.js';
import { runProjection } from '../../../src/application/projections/runner.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { redriveProjection } from '../../../src/application/projections/redrive.js';
import { rebuildProjection } from '../../../src/application/projections/rebuild.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { fact } from '../../support/events.js';
import { eventually } from '../../support/eventually.js';
import { ada, bob, conversationNumber, messageNumber } from '../../support/ids.js';
import { memoryUserKeys } from '../../support/user-keys.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { dump, messagesGenerations, openMessages } from '../../support/projections.js';
import { eventNumbered } from '../../support/test-codec.js';

const lenient = createEventCodec(chatEvents, memoryUserKeys());
const NUL = '\\u0000';
const STAND_IN = '{NUL}';
const exchange = <Content extends object>(content: Content, from: string, to: string): Content =>
  JSON.parse(JSON.stringify(content).replaceAll(from, to)) as Content;

/** Events that name this message cannot be decoded while this is set. */
const SPOILED = messageNumber(99);
let isSpoiled = false;

/** The codec takes what no interface accepts: a text that PostgreSQL cannot hold. */
const codec: EventCodec = {
  ...lenient,
  encode: (streams) => lenient.encode(exchange(streams, NUL, STAND_IN)),
  decode: async (stored) => {
    if (isSpoiled && stored.some(({ data }) => data.includes(SPOILED))) throw new InvalidEventError('it is spoiled');
    return exchange(await lenient.decode(stored), STAND_IN, NUL);
  },
};

describe('a projection that runs', () => {
  let database: TestDatabase;
  let events: EventStore;
  let ending: AbortController;
  let running: Promise<void>;
  const parked: string[] = [];

  const append = ({ type, data }: { readonly type: string; readonly data: object }, stream: string) =>
    events.append({
      streams: [{ streamId: streamOf('test', stream), expected: 'any', events: [{ ...eventNumbered(0), type, data }] }],
    });
  const started = fact('ConversationStarted', {
    conversationId: conversationNumber(1),
    members: [
      { userId: ada, role: 'member' },
      { userId: bob, role: 'member' },
    ],
  });
  const send = (n: number, stream = `m${n}`, text = `message ${n}`) =>
    append(
      fact('MessageSent', { messageId: messageNumber(n), conversationId: conversationNumber(1), senderId: ada, text }),
      stream,
    );

  const pause = (milliseconds: number) => sleep(milliseconds);
  const observer = {
    advanced: () => undefined,
    parked: ({ position }: EventHeader) => parked.push(position),
    retrying: () => undefined,
  };
  const run = async (): Promise<void> => {
    const store = await openMessages(database);
    const types = handledTypes(messagesProjection);
    const policy = { attempts: 2, backOffMs: () => 1 };
    await runProjection({ events, store, types, observer, signal: ending.signal, sleep: pause, policy });
  };
  const checkpoint = async (): Promise<string | undefined> => {
    const { rows } = await database.pool.query<{ position: string }>(
      `select position from projections.checkpoints where name = 'messages'`,
    );
    return rows[0]?.position;
  };
  const reached = (position: string) => eventually(checkpoint, (found) => found === position);
  const messages = async (): Promise<string[]> =>
    (
      await database.pool.query<{ message_id: string }>('select message_id from messages.messages order by seq')
    ).rows.map(({ message_id }) => message_id);

  beforeEach(async () => {
    database = await testDatabase();
    events = createMemoryEventStore(codec);
    ending = new AbortController();
    parked.length = 0;
    isSpoiled = true;
    await append(started, 'c1');
  });
  afterEach(async () => {
    ending.abort();
    await running;
    await database.drop();
  });

  it('catches up, then follows', async () => {
    await send(1);
    running = run();
    await reached('2');
    await send(2);
    await reached('3');
    expect(await messages()).to.deep.equal([messageNumber(1), messageNumber(2)]);
  });

  it('parks an event that cannot be applied, and the later ones of its stream, and goes on with the rest', async () => {
    await send(1);
    await send(2, 'poisoned', 'holds \u0000');
    await send(3);
    running = run();
    await reached('4');
    await send(4, 'poisoned');
    await send(5);
    await reached('6');
    expect(await messages()).to.deep.equal([1, 3, 5].map(messageNumber));
    expect(parked).to.deep.equal(['3', '5']);
    const { rows } = await database.pool.query(
      'select position, stream_id, type from projections.parked order by position',
    );
    expect(rows).to.deep.equal(
      ['3', '5'].map((position) => ({ position, stream_id: 'test-poisoned', type: 'MessageSent' })),
    );
  });

  /**
   * One such event ended the subscription of every projection for good, and the server went on reporting that it was
   * ready.
   */
  it('parks an event that cannot be decoded, goes on with the rest, and has it when it can be', async () => {
    await send(1, 'spoiled');
    await send(99, 'spoiled');
    await send(2);
    await send(3, 'spoiled');
    running = run();
    await reached('5');
    await send(4);
    await reached('6');
    expect(await messages()).to.deep.equal([1, 2, 4].map(messageNumber));
    expect(parked).to.deep.equal(['3', '5']);
    const { rows } = await database.pool.query('select position, reason from projections.parked order by position');
    expect(rows).to.deep.equal([
      { position: '3', reason: 'it is spoiled' },
      { position: '5', reason: 'an earlier event of its stream is parked' },
    ]);
    ending.abort();
    await running;
    const redrive = () => redriveProjection({ events, generations: messagesGenerations(database) });
    expect(await redrive()).to.deep.equal({ applied: 0, stillParked: 2 });
    isSpoiled = false;
    // Events that are applied late would get the ordinals of later messages: the redrive is refused, and a rebuild
    // brings them in.
    expect(await redrive()).to.deep.equal({ applied: 0, stillParked: 2 });
    await rebuildProjection({
      events,
      projection: messagesProjection,
      generations: messagesGenerations(database),
      observer,
      signal: new AbortController().signal,
      sleep: pause,
    });
    expect(await messages()).to.deep.equal([1, 99, 2, 3, 4].map(messageNumber));
    expect((await database.pool.query('select from projections.parked')).rowCount).to.equal(0);
  });

  it('is rebuilt beside itself while it goes on, and switched to without a gap', async () => {
    for (let n = 1; n <= 20; n += 1) await send(n);
    running = run();
    await reached('21');
    const before = await dump(database.pool, 'messages');
    await database.pool.query('delete from messages.messages where seq = 7'); // the read model is wrong now
    const rebuilding = rebuildProjection({
      events,
      projection: messagesProjection,
      generations: messagesGenerations(database),
      observer,
      signal: ending.signal,
      sleep: pause,
    });
    await send(21);
    await rebuilding;
    await send(22);
    await reached('23');
    expect(await messages()).to.deep.equal(Array.from({ length: 22 }, (_, n) => messageNumber(n + 1)));
    const after = await dump(database.pool, 'messages');
    expect(after['messages']?.slice(0, 20)).to.deep.equal(before['messages']);
    expect(await dump(database.pool, 'messages_rebuild')).to.deep.equal({});
  });
});
