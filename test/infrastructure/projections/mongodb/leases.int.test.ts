import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { openMongo, type MongoDatabase } from '../../../../src/infrastructure/mongodb/open-mongo.js';
import type { RunningPrograms } from '../../../../src/infrastructure/projections/running-programs.js';
import { MongoGenerations } from '../../../../src/infrastructure/projections/mongodb/mongo-generations.js';
import { TELLING_NOBODY } from '../../../support/telling-nobody.js';
import { LEASE_MS } from '../../../../src/infrastructure/projections/mongodb/silence.js';
import { batchUpTo, taken } from '../../../contracts/projection-steps.js';
import { numbersInMongo } from '../../../support/mongo-engine.js';
import { eventually } from '../../../support/eventually.js';
import { heldMongo } from '../../../support/held-mongo.js';
import { describeOnMongo, newDatabaseName } from '../../../support/mongodb.js';
import { numbersProjection as projection } from '../../../support/numbers-projection.js';

const LOOK_SOME_TIMES_MS = 200;

describeOnMongo('The lease of a projection in MongoDB', (server) => {
  let mongo: MongoDatabase;
  let now = 0;

  beforeEach(async () => {
    mongo = await openMongo(`${server().url}${newDatabaseName()}`);
  });
  afterEach(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  const parts = () => ({ mongo, projection, readModel: numbersInMongo, teller: TELLING_NOBODY, now: () => now });
  const node = (programs?: RunningPrograms) => new MongoGenerations({ ...parts(), programs });

  it('ends when its holder has been silent for long, and not while it beats', async () => {
    await node().prepare();
    const one = await taken(node());
    const other = node().open();
    for (const _ of [1, 2, 3]) {
      expect(await other.acquire()).to.equal(undefined);
      now += LEASE_MS - 1;
      await one.renew();
    }
    expect(await other.acquire()).to.equal(undefined);
    now += LEASE_MS;
    expect(await other.acquire()).to.have.property('position', '0');
    await other.apply(batchUpTo(0, 1));
  });

  /*
   * A batch that took longer than a lease was taken over by another node, and from that one again: two servers on a slow MongoDB never
   * came to the end of it.
   */
  it('does not end while its holder writes a batch, however long that takes', async () => {
    await node().prepare();
    const { mongo: slow, release } = heldMongo(mongo, 0);
    const store = new MongoGenerations({ ...parts(), mongo: slow }).open();
    await store.acquire();
    const other = node().open();
    const beat = async () => (await mongo.db.collection('projections').findOne())?.['beat'] as number;
    const applied = store.apply(batchUpTo(0, 1));
    for (const _ of [1, 2]) {
      expect(await other.acquire()).to.equal(undefined);
      now += LEASE_MS;
      const seen = await beat();
      await eventually(beat, (later) => later > seen);
    }
    expect(await other.acquire()).to.equal(undefined);
    await release();
    await applied;
    await store.apply(batchUpTo(1, 2));
  });

  it('ends with the program of its holder, where that is known to have ended', async () => {
    await node().prepare();
    const running = new Set(['one', 'other']);
    const named = (own: string) => node({ own, hasEnded: async (program) => !running.has(program) });
    await taken(named('one'));
    const other = named('other').open();
    expect(await other.acquire(), 'while it runs').to.equal(undefined);
    running.delete('one');
    expect(await node().open().acquire(), 'of one who does not know').to.equal(undefined);
    expect(await other.acquire()).to.have.property('position', '0');
    await other.release();
    await taken(node()); // a program whose name nobody knows
    expect(await other.acquire()).to.equal(undefined);
  });

  it('is taken by one of many who try at the same moment, or none', async () => {
    await node().prepare();
    const stores = [1, 2, 3, 4, 5, 6].map(() => node().open());
    const tried = await Promise.all(stores.map((each) => each.acquire()));
    const applied = await Promise.allSettled(
      stores.flatMap((store, n) => (tried[n] ? [store.apply(batchUpTo(0, 1))] : [])),
    );
    expect(applied.filter(({ status }) => status === 'fulfilled').length).to.be.at.most(1);
  });

  /*
   * A comparison that is killed does not take its hold back. Every batch then waited until the hold had been silent for long, each
   * for as long as the first one.
   */
  it('is held by a comparison that was killed until that has been silent for long, and no more then', async () => {
    await node().prepare();
    const store = await taken(node());
    await mongo.db.collection('projections').updateOne({}, { $set: { hold: { by: 'killed', beat: 1 } } });
    let applied = 0;
    const apply = async (from: number) => {
      await store.apply(batchUpTo(from, from + 1));
      applied += 1;
    };
    const first = apply(0);
    await sleep(LOOK_SOME_TIMES_MS);
    expect(applied, 'while it may live').to.equal(0);
    now += LEASE_MS;
    await first;
    await apply(1); // Time stands still: it would never end if it waited again.
    expect(applied).to.equal(2);
  });

  it('drops what a node that was thought dead has written to collections that were dropped', async () => {
    await node().prepare();
    const unnamed = `${projection.name}_0123456789ab_numbers`;
    const foreign = 'others_0123456789ab_numbers';
    for (const name of [unnamed, foreign]) await mongo.db.collection<{ _id: string }>(name).insertOne({ _id: '1' });
    await node().dropLeftovers(() => Promise.resolve(false));
    const names = (await mongo.db.listCollections().toArray()).map(({ name }) => name);
    expect(names).to.include(foreign).and.not.to.include(unnamed);
    expect(await node().open().acquire(), 'what is in use').to.have.property('position', '0');
  });
});
