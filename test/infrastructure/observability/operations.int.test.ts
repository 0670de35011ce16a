import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Consumer } from '../../../src/application/consumers/consumer.js';
import { Consumers } from '../../../src/application/consumers/consumers.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { createLogTree } from '../../../src/infrastructure/audit/postgres-log-tree.js';
import { createProjectionStatuses } from '../../../src/infrastructure/projections/postgres/projection-statuses.js';
import { createOperations } from '../../../src/infrastructure/observability/operations.js';
import { countBetween } from '../../../src/infrastructure/event-store/dense-positions.js';
import { createMetrics } from '../../../src/infrastructure/observability/metrics.js';
import { AnnouncedProgress } from '../../../src/application/projections/announced-progress.js';
import { openKeyRing } from '../../../src/infrastructure/security/key-ring.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { positionOf } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const MAX_LAG_SECONDS = 30;
const QUIET_SECONDS = 2;

const outOfReach = () => Promise.reject(new Error('out of reach'));

describe('How a server does', () => {
  let database: TestDatabase;
  let now: number;
  let head: Position;
  let isOutOfReach: boolean;
  let failures: unknown[];
  let lookedUp: string[];
  let gate: Consumer;
  let mailer: Consumer;
  let users: Consumer;
  let unsentMails: number;
  let operations: ReturnType<typeof createOperations>;
  let consumers: Consumers;

  beforeEach(async () => {
    database = await testDatabase();
    [now, head, isOutOfReach, failures, lookedUp, unsentMails] = [0, positionOf(10), false, [], [], 0];
    consumers = new Consumers({ now: () => now, sleep: () => Promise.resolve(), onFailed: () => undefined });
    [gate, mailer, users] = ['gate', 'mailer', 'projection users'].map((name) =>
      consumers.add(name, QUIET_SECONDS),
    ) as [Consumer, Consumer, Consumer];
    const progress = new AnnouncedProgress(async (projection) => {
      lookedUp.push(projection);
      return projection === 'users' ? head : null;
    });
    progress.onAdvance('users', (position) => users.moved(position));
    operations = createOperations({
      pool: database.pool,
      statuses: createProjectionStatuses(database.pool),
      events: {
        head: async () => (isOutOfReach ? outOfReach() : head),
        countBetween: async (after, upTo) => (isOutOfReach ? outOfReach() : countBetween(after, upTo)),
      },
      progress,
      consumers,
      outbox: { countUnsent: async () => unsentMails },
      tree: createLogTree(database.pool),
      witnesses: { list: async () => [] },
      metrics: createMetrics(),
      masterKeys: await testMasterKeys(),
      maxLagSeconds: MAX_LAG_SECONDS,
      now: () => now,
      onFailed: (error) => failures.push(error),
    });
    gate.reached(head);
  });
  afterEach(() => database.drop());

  const pass = (seconds: number) => {
    now += seconds * 1_000;
  };
  const comeOn = () => {
    for (const consumer of [gate, mailer, users]) consumer.alive();
  };
  const look = async () => {
    await operations.check.askOnce();
    return operations.readiness();
  };

  it('is well where all come on', async () => {
    const isCurrent = { ok: true, detail: '0 events and 0 s behind' };
    expect(await look()).to.deep.equal({
      ready: true,
      checks: {
        gate: isCurrent,
        mailer: { ok: true, detail: 'comes on' },
        'projection users': isCurrent,
        'event log': { ok: true },
      },
    });
    expect(failures).to.deep.equal([]);
  });

  it('is looked up of projections that others run, as long as they are not at the end of the log', async () => {
    await look();
    expect(lookedUp).to.deep.equal(['users', 'messages', 'media', 'search', 'audit_index', 'mail']);
    await look();
    expect(lookedUp.slice(6)).to.deep.equal(['messages', 'media', 'search', 'audit_index', 'mail']);
  });

  // A projection gave signs of life, but never advanced.
  it('is not well where one is behind the log for too long, alive as it may be', async () => {
    await look();
    head = positionOf(12);
    const { ready } = await look();
    expect(ready).to.equal(true);
    pass(MAX_LAG_SECONDS);
    comeOn();
    expect(operations.readiness().checks['gate']).to.deep.equal({ ok: true, detail: '2 events and 30 s behind' });
    pass(1);
    comeOn();
    expect(operations.readiness()).to.deep.include({ ready: false });
    expect(operations.readiness().checks['gate']).to.deep.equal({ ok: false, detail: '2 events and 31 s behind' });
    gate.reached(head);
    expect((await look()).ready).to.equal(true);
  });

  it('is not well where one is more than 10,000 events behind', async () => {
    head = positionOf(10_010);
    expect((await look()).checks['gate']).to.deep.equal({ ok: true, detail: '10000 events and 0 s behind' });
    head = positionOf(10_011);
    expect((await look()).checks['gate']).to.deep.equal({ ok: false, detail: '10001 events and 0 s behind' });
  });

  it('is well where one is further than the end of the log that was seen last', async () => {
    gate.reached(positionOf(20));
    expect((await look()).checks['gate']).to.deep.equal({ ok: true, detail: '0 events and 0 s behind' });
  });

  it('is not well where one gives no sign of life', async () => {
    pass(QUIET_SECONDS + MAX_LAG_SECONDS);
    const { ready, checks } = await look();
    expect(ready).to.equal(true);
    expect(checks['mailer']).to.deep.equal({ ok: true, detail: 'comes on' });
    pass(1);
    const silent = 'no sign of life for 31 s';
    expect(operations.readiness()).to.deep.equal({
      ready: false,
      checks: {
        gate: { ok: false, detail: `${silent}, 0 events and 0 s behind` },
        mailer: { ok: false, detail: silent },
        'projection users': { ok: false, detail: `${silent}, 0 events and 0 s behind` },
        'event log': { ok: true },
      },
    });
  });

  const project = (name: string, position: number) =>
    database.pool.query('insert into projections.checkpoints (name, version, position) values ($1, 1, $2)', [
      name,
      position,
    ]);
  const stop = (name: string, position: number) =>
    database.pool.query(`insert into projections.stopped values ($1, $2, 'a hole')`, [name, position]);
  const park = (name: string, position: number) =>
    database.pool.query(
      `insert into projections.parked (projection, position, stream_id, event_id, type, reason)
       values ($1, $2, 'test-1', $3, 'Tested', 'refused')`,
      [name, position, randomUUID()],
    );

  it('is told by metrics: parked events, and mails that wait, as they are by now', async () => {
    const told = async () => {
      pass(2);
      await look();
      const { text } = await operations.metrics();
      return text.match(/^chatapp_(?:parked_events\{projection="users"\}|mails_waiting) .*$/gm);
    };
    await project('users', 7);
    expect(await told()).to.deep.equal(['chatapp_parked_events{projection="users"} 0', 'chatapp_mails_waiting 0']);
    await park('users', 3);
    unsentMails = 3;
    expect(await told()).to.deep.equal(['chatapp_parked_events{projection="users"} 1', 'chatapp_mails_waiting 3']);
    await database.pool.query('delete from projections.parked');
    expect(await told()).to.deep.equal(['chatapp_parked_events{projection="users"} 0', 'chatapp_mails_waiting 3']);
  });

  // While the database was away nothing was parked, and nothing had stopped: the alerts ended. Before that was seen, a lag that was
  // counted for each answer left none.
  it('is told by metrics as it was seen last while the log is out of reach', async () => {
    await project('users', 7);
    await park('users', 3);
    await stop('users', 7);
    await look();
    users.moved(positionOf(6));
    isOutOfReach = true;
    for (const isSeen of [false, true]) {
      if (isSeen) await look();
      pass(2);
      const { text } = await operations.metrics();
      expect(text).to.include('chatapp_parked_events{projection="users"} 1');
      expect(text).to.include('chatapp_projection_stopped{projection="users"} 1');
    }
  });

  // All nodes would be taken out of service at once for the loss of what only some of their users see.
  it('is well where one is silent without which it can do, and says what is missed', async () => {
    consumers.add('signals', QUIET_SECONDS, 'typing is not shown');
    pass(QUIET_SECONDS + MAX_LAG_SECONDS + 1);
    comeOn();
    const { ready, checks } = await look();
    expect(checks['signals']).to.deep.equal({ ok: true, detail: 'no sign of life for 31 s: typing is not shown' });
    expect(ready).to.equal(true);
    const { text } = await operations.metrics();
    expect(text).to.include('chatapp_consumer_silent_seconds{consumer="signals"} 31');
  });

  // The search gives way to messages: a burst of 20,000 of them took every server out of service, as it was that far behind.
  it('is well where one is far behind without which it can do, and says what is missed', async () => {
    const search = consumers.add('projection search', QUIET_SECONDS, 'the newest messages are not found');
    search.reached(positionOf(10));
    head = positionOf(20_010);
    await look();
    pass(MAX_LAG_SECONDS + 1);
    for (const consumer of [gate, users]) consumer.reached(head);
    mailer.alive();
    search.reached(positionOf(10));
    const { ready, checks } = await look();
    const detail = '20000 events and 31 s behind, the newest messages are not found';
    expect(checks['projection search']).to.deep.equal({ ok: true, detail });
    expect(ready).to.equal(true);
  });

  it('is not well where a projection has stopped, and says why', async () => {
    await project('users', 7);
    await stop('users', 7);
    const { ready, checks } = await look();
    expect(ready).to.equal(false);
    expect(checks['projection users']).to.deep.equal({ ok: false, detail: 'stopped at position 7: a hole' });
    expect((await operations.metrics()).text).to.include('chatapp_projection_stopped{projection="users"} 1');
  });

  it('is well where events are parked, and reports them', async () => {
    await project('messages', 4);
    for (const position of [3, 4]) await park('messages', position);
    const { ready, checks } = await look();
    expect(ready).to.equal(true);
    expect(checks['parked messages']).to.deep.equal({ ok: true, detail: '2 events are parked' });
  });

  it('is not well where a master key is not known here', async () => {
    await openKeyRing(database.pool, await testMasterKeys('another key of more than thirty-two characters'));
    const { ready, checks } = await look();
    expect(ready).to.equal(false);
    expect(checks['master key']).to.deep.equal({
      ok: false,
      detail: 'keys are wrapped by a master key that this server does not know',
    });
  });

  it('is not well while the log is out of reach, or was never reached', async () => {
    const isUnknown = { ok: false, detail: 'out of reach' };
    expect(operations.readiness()).to.deep.include({ ready: false });
    expect(operations.readiness().checks['event log']).to.deep.equal(isUnknown);
    await look();
    isOutOfReach = true;
    expect((await look()).checks['event log']).to.deep.equal(isUnknown);
    expect(failures.map(String)).to.deep.equal(['Error: out of reach']);
  });

  it('is counted once a second, however often it is asked for', async () => {
    await look();
    const lag = async () =>
      /chatapp_projection_lag_events\{projection="users"\} (\d+)/.exec((await operations.metrics()).text)?.[1];
    expect(await lag()).to.equal('0');
    users.moved(positionOf(8));
    await look();
    now += 999;
    expect(await lag()).to.equal('0');
    now += 1;
    expect(await lag()).to.equal('2');
  });

  it('is given in numbers before anything is known', async () => {
    const { text } = await operations.metrics();
    expect(text).to.include('chatapp_projection_stopped{projection="users"} 0');
    expect(text).to.not.include('chatapp_projection_lag_events{');
  });

  it('is given in numbers', async () => {
    head = positionOf(12);
    await look();
    pass(5);
    users.moved(positionOf(9));
    await look();
    const { text } = await operations.metrics();
    for (const line of [
      'chatapp_consumer_silent_seconds{consumer="mailer"} 3',
      'chatapp_consumer_lag_seconds{consumer="gate"} 5',
      'chatapp_consumer_lag_seconds{consumer="mailer"} 0',
      'chatapp_projection_lag_events{projection="users"} 3',
      'chatapp_projection_stopped{projection="users"} 0',
      'chatapp_projection_stopped{projection="mail"} 0',
    ])
      expect(text.split('\n')).to.include(line);
    expect(text).to.not.include('chatapp_projection_lag_events{projection=""}');
  });
});
