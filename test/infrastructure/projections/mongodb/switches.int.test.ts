import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { LeaseLostError } from '../../../../src/application/ports/projection-store.js';
import { openMongo, type MongoDatabase } from '../../../../src/infrastructure/mongodb/open-mongo.js';
import { generationsOf } from '../../../../src/infrastructure/projections/mongodb/generation-record.js';
import { MongoGenerations } from '../../../../src/infrastructure/projections/mongodb/mongo-generations.js';
import { batchUpTo, failureOf, taken } from '../../../contracts/projection-steps.js';
import { eventually } from '../../../support/eventually.js';
import { interceptedMongo } from '../../../support/intercepted-mongo.js';
import { numbersInMongo } from '../../../support/mongo-engine.js';
import { describeOnMongo, newDatabaseName } from '../../../support/mongodb.js';
import { numbersProjection } from '../../../support/numbers-projection.js';
import { TELLING_NOBODY } from '../../../support/telling-nobody.js';

const { name, version } = numbersProjection;
const NEVER = new AbortController().signal;
const LOOK_SOME_TIMES_MS = 200;

describeOnMongo('A switch in MongoDB to what was filled while the one in use was held', (server) => {
  let mongo: MongoDatabase;
  beforeEach(async () => {
    mongo = await openMongo(`${server().url}${newDatabaseName()}`);
    await node().prepare();
  });
  afterEach(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  const node = (given = mongo, raised = 0) =>
    new MongoGenerations({
      mongo: given,
      projection: { ...numbersProjection, version: version + raised },
      readModel: numbersInMongo,
      teller: TELLING_NOBODY,
    });
  const used = () => generationsOf(mongo.db).findOne({ _id: name });
  /** A database whose requests to this collection go through `intercept`. */
  const slowed = (slow: string, intercept: Parameters<typeof interceptedMongo>[1]): MongoDatabase => {
    const { db } = interceptedMongo(mongo, intercept);
    const collection = (asked: string) => (asked === slow ? db : mongo.db).collection(asked);
    return {
      ...mongo,
      db: new Proxy(mongo.db, {
        get: (all, key): unknown => (key === 'collection' ? collection : Reflect.get(all, key, all)),
      }),
    };
  };
  /** Fills what is to be switched to by another node, which has its turn to the end. */
  const filled = (to: number) =>
    node(mongo, 1).inTurn(NEVER, async (next) => {
      await next.begin();
      const store = next.open();
      await store.acquire();
      await store.apply(batchUpTo(0, to));
      await store.release();
    });
  const usedUpTo = async (to: number) => {
    const store = await taken(node());
    await store.apply(batchUpTo(0, to));
    return store;
  };

  it('does not come where another node takes the lease in the last moment, and that one goes on at once', async () => {
    const older = await usedUpTo(2);
    await filled(2);
    const other = node().open();
    const seizing = async (answer: unknown) => {
      await other.seize();
      return answer;
    };
    // It is the last request before the switch.
    const slow = slowed('projection_epochs', (asked, request) =>
      asked === 'deleteMany' ? (request() as Promise<unknown>).then(seizing) : request(),
    );
    await node(slow, 1).inTurn(NEVER, async (next) => {
      expect(await next.takeOver(() => Promise.resolve())).to.equal(false);
    });
    expect(await failureOf(older.apply(batchUpTo(2, 3)))).to.be.instanceOf(LeaseLostError);
    await other.apply(batchUpTo(2, 3));
    expect(await used()).to.include({ version, position: 3n, hold: null });
  });

  // Updates of FerretDB are not atomic: a beat of the hold that came late put the document back to how it was before the switch.
  it('waits for the last beat of the hold', async () => {
    await (await usedUpTo(2)).release();
    await filled(2);
    let updates = 0;
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const slow = slowed('projections', (asked, request) => {
      if (asked === 'updateOne') updates += 1;
      return asked === 'updateOne' && updates === 2 ? held.then(request) : request();
    });
    const untilBeating = async () => {
      await eventually(
        async () => updates,
        (count) => count >= 2,
      );
    };
    await node(slow, 1).inTurn(NEVER, async (next) => {
      const switching = next.takeOver(untilBeating);
      await untilBeating();
      await sleep(LOOK_SOME_TIMES_MS);
      const meanwhile = await used();
      letGo();
      expect(meanwhile, 'while the beat is under way').to.include({ version });
      expect(await switching).to.equal(true);
    });
    expect(await used()).to.include({ version: version + 1, hold: null });
  });
});
