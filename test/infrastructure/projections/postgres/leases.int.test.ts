import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { GenerationGoneError, LeaseLostError } from '../../../../src/application/ports/projection-store.js';
import { messagesProjection } from '../../../../src/application/projections/registry.js';
import type { Position } from '../../../../src/domain/kernel/ids.js';
import {
  beginGeneration,
  dropGeneration,
  rebuildSchema,
  switchGeneration,
} from '../../../../src/infrastructure/projections/postgres/generations.js';
import { PostgresProjectionStore } from '../../../../src/infrastructure/projections/postgres/postgres-projection-store.js';
import { fact } from '../../../support/events.js';
import { eventually } from '../../../support/eventually.js';
import { ada, bob, conversationNumber } from '../../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';
import { dump, feed, openMessages, recorded } from '../../../support/projections.js';
import { messagesReadModel } from '../../../../src/infrastructure/read-models/postgres/messages-read-model.js';

const PROGRAM = fileURLToPath(new URL('./lease-process.ts', import.meta.url));
const NEXT_VERSION = messagesProjection.version + 1;
const SCHEMA = rebuildSchema(messagesProjection.name);

const started = (n: number) =>
  fact('ConversationStarted', {
    conversationId: conversationNumber(n),
    members: [
      { userId: ada, role: 'member' },
      { userId: bob, role: 'member' },
    ],
  });
const events = recorded([started(1), started(2), started(3)]);
const batch = (from: number, to: number) => ({
  events: events.slice(from, to),
  parked: [],
  from: String(from) as Position,
  to: String(to) as Position,
});

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it should have been refused'),
    (error: unknown) => error,
  );

describe('the lease of a projection', () => {
  let database: TestDatabase;
  const stores: { release(): Promise<void> }[] = [];

  beforeEach(async () => (database = await testDatabase()));
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.release();
    await database.drop();
  });

  const open = async (version?: number) => {
    const store = await openMessages(database, version);
    stores.push(store);
    return store;
  };
  /** Opens a store that fills a generation of the next version. */
  const openRebuild = () => {
    const projection = { ...messagesProjection, version: NEXT_VERSION };
    const readModel = messagesReadModel;
    const store = new PostgresProjectionStore({ config: database.pool.options, projection, readModel, schema: SCHEMA });
    stores.push(store);
    return store;
  };
  const onClient = async <Result>(work: (client: Parameters<typeof switchGeneration>[0]) => Promise<Result>) => {
    const client = await database.pool.connect();
    return work(client).finally(() => client.release());
  };
  const beginAgain = () =>
    onClient((client) =>
      beginGeneration(client, rebuildSchema(messagesProjection.name), { version: NEXT_VERSION }, messagesReadModel),
    );
  const sessions = async () =>
    (await database.pool.query<{ session: string }>('select session from projections.checkpoints')).rows;
  const neverExpires = () => database.pool.query(`update projections.checkpoints set lease_until = 'infinity'`);
  const conversations = async () => (await dump(database.pool, 'messages'))['conversations'];

  // A server of an older version went on after an upgrade: the epochs of the new generation had been counted from 0 as
  // well, so that the epoch of the old lease matched. It wrote rows of the old shape into the new tables, and renewed
  // its lease on them.
  it('is lost to a server of an older version once a new generation has taken the place of its own', async () => {
    const older = await open();
    await feed(older, events.slice(0, 2), [2]);
    await beginAgain();
    const filling = openRebuild();
    await feed(filling, events.slice(0, 2), [2]);
    await filling.release();
    expect(await onClient((client) => switchGeneration(client, messagesProjection.name))).to.equal(true);
    const before = await conversations();
    expect(await failureOf(older.apply(batch(2, 3)))).to.be.instanceOf(LeaseLostError);
    await database.pool.query('update projections.checkpoints set held_by = null'); // nobody else holds it
    expect(String(await failureOf(older.acquire()))).to.match(/of another version/);
    expect(String(await failureOf(older.seize()))).to.include(
      `version ${messagesProjection.version} of projection messages`,
    );
    expect(await conversations()).to.deep.equal(before);
    const newer = await open(NEXT_VERSION);
    expect((await newer.acquire())?.position).to.equal('2');
    await newer.apply(batch(2, 3));
    expect(await conversations()).to.have.length(3);
  });

  it('is not renewed by a server of an older version', async () => {
    const older = await open();
    await older.acquire();
    await database.pool.query('update projections.checkpoints set version = version + 1');
    expect(await failureOf(older.renew()))
      .to.be.instanceOf(LeaseLostError)
      .with.property('message')
      .that.includes(`version ${messagesProjection.version} of projection messages, or it was set back`);
    expect(await failureOf(older.apply(batch(0, 1)))).to.be.instanceOf(LeaseLostError);
  });

  // A rebuild that was begun again counted its epochs from the start: the node that had filled the generation before it
  // could write to the new one.
  it('is lost to the node that filled a generation which was thrown away', async () => {
    await open();
    await beginAgain();
    const before = openRebuild();
    await before.acquire();
    await beginAgain();
    const after = openRebuild();
    await after.acquire();
    expect(await failureOf(before.apply(batch(0, 1)))).to.be.instanceOf(LeaseLostError);
    await after.apply(batch(0, 1));
  });

  // A server that was killed left its leases behind, and the next one waited until they had expired.
  it('is free as soon as the process that held it was killed', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, database.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(await once(createInterface(child.stdout), 'line')).to.deep.equal(['taken at 0']);
    const next = await open();
    await neverExpires();
    expect(await next.acquire()).to.equal(undefined);
    child.kill('SIGKILL');
    await once(child, 'exit');
    // PostgreSQL notices the end of a connection by itself, but not at the same moment.
    const taken = await eventually(
      () => next.acquire(),
      (start) => start !== undefined,
    );
    expect(taken?.position).to.equal('0');
  });

  const cut = async () => {
    const [{ session } = { session: '' }] = await sessions();
    await database.pool.query('select pg_terminate_backend($1, 10000)', [Number.parseInt(session, 10)]);
    await neverExpires();
  };

  it('is taken from a holder whose connection was cut, and who lives: its writes are refused from then on', async () => {
    const one = await open();
    const other = await open();
    await feed(one, events.slice(0, 1), [1]);
    await cut();
    expect((await other.acquire())?.position).to.equal('1');
    expect(await failureOf(eventually(() => one.apply(batch(1, 2)).catch(rethrowIfLost), Boolean))).to.be.instanceOf(
      LeaseLostError,
    );
    await other.apply(batch(1, 3));
    expect(await conversations()).to.have.length(3);
  });

  it('stays with a holder who has connected again', async () => {
    const one = await open();
    const other = await open();
    await feed(one, events.slice(0, 1), [1]);
    const [before] = await sessions();
    await cut();
    await eventually(
      () =>
        one.apply(batch(1, 2)).then(
          () => true,
          () => false,
        ),
      (isApplied) => isApplied,
    );
    expect((await sessions())[0]?.session).not.to.equal(before?.session);
    await neverExpires();
    expect(await other.acquire()).to.equal(undefined);
  });

  // Projections do not wait for the disk. PostgreSQL crashed and took the last checkpoints back: the lease was renewed
  // nevertheless, and the last changes were missing until the next event came.
  it('is not renewed where a crash of the database has set its checkpoint back', async () => {
    const store = await open();
    await store.acquire();
    await store.apply(batch(0, 2));
    await database.pool.query('update projections.checkpoints set position = 1');
    const again = await open();
    await neverExpires();
    // A renewal does not ask the database right after a batch; a renewal by a new store asks at once.
    expect(await again.acquire()).to.equal(undefined);
    expect(
      await eventually(
        () =>
          store.renew().then(
            () => undefined,
            (error: unknown) => error,
          ),
        (error) => error !== undefined,
      ),
    ).to.be.instanceOf(LeaseLostError);
    expect((await store.acquire())?.position).to.equal('1');
  });

  it('cannot be taken once the generation to fill is gone', async () => {
    await open();
    await beginAgain();
    const filling = openRebuild();
    await filling.acquire();
    await onClient((client) => dropGeneration(client, SCHEMA));
    expect(await failureOf(filling.acquire())).to.be.instanceOf(GenerationGoneError);
  });

  // A back-up was reading the tables when a rebuild switched: the switch waited for it, and every query waited for the
  // switch.
  it('lets a switch give way to those who read the tables for long', async () => {
    await feed(await open(), events, [3]);
    await beginAgain();
    await feed(openRebuild(), events, [3]);
    const reader = await database.pool.connect();
    try {
      await reader.query('begin');
      await reader.query('select from messages.conversations');
      expect(await onClient((client) => switchGeneration(client, messagesProjection.name))).to.equal(false);
      await reader.query('commit');
    } finally {
      reader.release();
    }
    expect(await onClient((client) => switchGeneration(client, messagesProjection.name))).to.equal(true);
  });
});

/** Ignores a lost connection: the first try after a cut may fail with it. */
const rethrowIfLost = (error: unknown): undefined => {
  if (error instanceof LeaseLostError) throw error;
};
