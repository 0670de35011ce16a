import { expect } from 'chai';
import type { EventStore } from '../../../src/application/ports/event-store.js';
import { NotRebuildableError } from '../../../src/application/ports/projection-operations.js';
import { BrokenSequenceError } from '../../../src/application/ports/projection-store.js';
import { createPostgresGenerations } from '../../../src/infrastructure/projections/postgres/postgres-generations.js';
import { rebuildProjection } from '../../../src/application/projections/rebuild.js';
import { heldLocks } from '../../support/advisory-locks.js';
import { eventually } from '../../support/eventually.js';
import { batchOf, numbersProjection, numbersReadModel as readModel } from '../../support/numbers-projection.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { ScriptedLog } from '../../support/scripted-log.js';

const { name } = numbersProjection;
/** This is in the tables in use, and not in the log. */
const STRAY = 77;

describe('a rebuild of a projection', () => {
  let database: TestDatabase;
  let log: ScriptedLog;
  let ending: AbortController;

  beforeEach(async () => {
    database = await testDatabase();
    log = new ScriptedLog();
    ending = new AbortController();
    await generations().prepare();
    await database.pool.query(`insert into ${name}.numbers values ($1)`, [STRAY]);
  });
  afterEach(async () => {
    ending.abort();
    await database.drop();
  });

  const generations = (projection = numbersProjection) =>
    createPostgresGenerations({ pool: database.pool, projection, readModel });
  const parts = (projection = numbersProjection, sleep: () => Promise<void> = () => Promise.resolve()) => ({
    events: log as unknown as EventStore,
    projection,
    generations: generations(projection),
    observer: { advanced: () => undefined, parked: () => undefined, retrying: () => undefined },
    signal: ending.signal,
    sleep,
  });
  const failureOf = (work: Promise<unknown>) => work.catch((error: unknown) => error);
  const numbers = async () =>
    (await database.pool.query<{ n: number }>(`select n from ${name}.numbers order by n`)).rows.map(({ n }) => n);

  it('fills it from the log alone', async () => {
    log.put(batchOf(1, 2), { ...batchOf(3, 4), caughtUp: true });
    await rebuildProjection(parts());
    expect(await numbers()).to.deep.equal([1, 2, 4]);
  });

  it('reads what comes next while it applies a batch', async () => {
    const steps: string[] = [];
    const batches = [batchOf(1), batchOf(2), { ...batchOf(3), caughtUp: true }];
    async function* subscribe() {
      for (const batch of batches) {
        steps.push(`read ${batch.position}`);
        yield batch;
      }
    }
    const advanced = (position: string, events: number) => {
      if (events > 0) steps.push(`applied ${position}`);
    };
    const events = Object.assign(new ScriptedLog(), { subscribe, end: '3' }) as unknown as EventStore;
    await rebuildProjection({ ...parts(), events, observer: { ...parts().observer, advanced } });
    expect(steps).to.deep.equal(['read 1', 'read 2', 'applied 1', 'read 3', 'applied 2', 'applied 3']);
    expect(await numbers()).to.deep.equal([1, 2]);
  });

  it('computes what comes next while a batch is being written', async () => {
    const steps: string[] = [];
    const noting: typeof readModel = {
      ...readModel,
      open: () => {
        const opened = readModel.open();
        const add = (n: number) => {
          steps.push(`computed ${n}`);
          opened.writers.add(n);
        };
        return { ...opened, writers: { add } };
      },
    };
    const advanced = (position: string, events: number) => {
      if (events > 0) steps.push(`applied ${position}`);
    };
    log.put(batchOf(1), batchOf(2), { ...batchOf(3, 4), caughtUp: true });
    const { pool } = database;
    const filled = createPostgresGenerations({ pool, projection: numbersProjection, readModel: noting });
    await rebuildProjection({ ...parts(), generations: filled, observer: { ...parts().observer, advanced } });
    expect(steps).to.deep.equal(['computed 1', 'computed 2', 'applied 1', 'computed 4', 'applied 2', 'applied 4']);
    expect(await numbers()).to.deep.equal([1, 2, 4]);
  });

  it('is refused where what it holds cannot be made again', async () => {
    log.put({ ...batchOf(1), caughtUp: true });
    const failure = await failureOf(rebuildProjection(parts({ ...numbersProjection, rebuildable: false })));
    expect(failure).to.be.instanceOf(NotRebuildableError);
    expect(String(failure)).to.include(`projection ${name} cannot be rebuilt`);
    expect(await numbers()).to.deep.equal([STRAY]);
  });

  it('does nothing where it is no longer needed once it is its turn', async () => {
    log.put({ ...batchOf(1), caughtUp: true });
    await rebuildProjection(parts(), () => Promise.resolve(false));
    expect(log.subscriptions).to.deep.equal([]);
    expect(await numbers()).to.deep.equal([STRAY]);
  });

  // The rebuild would have switched to tables that lack what was left out.
  it('fails, and leaves the one in use, where the log leaves something out', async () => {
    log.put(batchOf(1, 2), { ...batchOf(4, 5), caughtUp: true });
    const failure = await failureOf(rebuildProjection(parts()));
    expect(failure).to.be.instanceOf(BrokenSequenceError);
    expect(String(failure)).to.include('but 2 was reached');
    expect(await numbers()).to.deep.equal([STRAY]);
  });

  it('catches up again before it switches, where the one in use is further', async () => {
    log.put({ ...batchOf(1, 2), caughtUp: true });
    await database.pool.query('update projections.checkpoints set position = 5 where name = $1', [name]);
    const goesOn = async () => log.put({ ...batchOf(3, 4, 5), caughtUp: true });
    await rebuildProjection(parts(numbersProjection, goesOn));
    expect(await numbers()).to.deep.equal([1, 2, 4, 5]);
    expect(log.subscriptions.map(({ after }) => after)).to.deep.equal(['0', '2']);
  });

  it('lets the next one have its turn when it fails', async () => {
    const failing = generations().inTurn(ending.signal, () => Promise.reject(new Error('no room')));
    expect(await failureOf(failing)).to.have.property('message', 'no room');
    const left = await eventually(
      () => heldLocks(database.pool),
      (locks) => locks === 0,
    );
    expect(left).to.equal(0);
  });
});
