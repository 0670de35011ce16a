import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { DatabaseUnavailableError } from '../../../src/application/ports/database-unavailable.js';
import { Documents } from '../../../src/infrastructure/mongodb/documents.js';
import { asked } from '../../../src/infrastructure/mongodb/mongo-errors.js';
import { openMongo } from '../../../src/infrastructure/mongodb/open-mongo.js';
import { describeOnMongo, newDatabaseName, untilAnswering } from '../../support/mongodb.js';
import { relayedMongo } from '../../support/relayed-mongo.js';

/** The driver looks at once for a server that it has lost, unless it has looked within the last half second. */
const LOOKS_AGAIN_AFTER_MS = 600;
const REQUEST_IS_THERE_MS = 50;

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it should have failed'),
    (error: unknown) => error,
  );

const untilEnd = async (all: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of all);
};

describeOnMongo('A connection to MongoDB', (server) => {
  it('says what server it is, and takes the database that its URL names, or chatapp', async () => {
    const name = newDatabaseName();
    const [named, unnamed] = [await openMongo(`${server().url}${name}?appName=test`), await openMongo(server().url)];
    expect([named.db.databaseName, unnamed.db.databaseName]).to.deep.equal([name, 'chatapp']);
    expect(named.server).to.equal(server().name);
    await named.close();
    await unnamed.close();
  });

  it('says at once that the server refuses the user of its URL', async () => {
    const url = server().url.replace(/^mongodb:\/\/(?:[^/@]*@)?/, 'mongodb://nobody:wrong@');
    const refusal = (await failureOf(openMongo(url))) as Error;
    expect(refusal).to.be.instanceOf(DatabaseUnavailableError);
    expect(refusal.message).to.match(/^MongoDB refuses the user of MONGODB_URL/);
  });

  it('reads from the primary, whatever its URL says: what others have may be old', async () => {
    const { db, close } = await openMongo(`${server().url}?readPreference=secondary&readConcernLevel=available`);
    expect(db.readPreference.mode).to.equal('primary');
    await close();
  });

  /*
   * A node never found a MongoDB again that had been killed: it was told that the connection of a request was lost while the
   * one closed that looks whether the server is there, and waited for that one for ever.
   */
  it('is there again after the server has hung up while it was asked', async () => {
    const relayed = await relayedMongo(server().url);
    const { db, close } = await openMongo(`${relayed.url}${newDatabaseName()}`);
    const found = () => db.collection('things').findOne({});
    await found();
    await sleep(LOOKS_AGAIN_AFTER_MS);
    relayed.hold();
    const underWay = found();
    await sleep(REQUEST_IS_THERE_MS);
    relayed.hangUp();
    expect([await underWay, await found()]).to.deep.equal([null, null]);
    await close();
    await relayed.close();
  });
});

describeOnMongo(
  'A connection to a MongoDB that is killed',
  (server) => {
    it('raises that it is out of reach, and works again when the server is back, with what it had stored', async () => {
      const { db, close } = await openMongo(`${server().url}${newDatabaseName()}`);
      const things = db.collection<{ _id: string; n: bigint }>('things');
      await things.insertOne({ _id: 'kept', n: 2n ** 60n });
      await server().kill();
      for (const request of [
        () => things.findOne({ _id: 'kept' }),
        () => things.insertMany([{ _id: 'late', n: 1n }], { ordered: false }),
        () => things.bulkWrite([{ updateOne: { filter: { _id: 'kept' }, update: { $set: { n: 3n } } } }]),
      ])
        expect(await failureOf(asked<unknown>(request))).to.be.instanceOf(DatabaseUnavailableError);
      await server().restart();
      await untilAnswering(server().url);
      expect(await asked(() => things.find().toArray())).to.deep.equal([{ _id: 'kept', n: 2n ** 60n }]);
      await db.dropDatabase();
      await close();
    });

    /*
     * The server that comes back does not know the cursors of the one before. That counted as a refusal: a query was
     * answered as if the error were ours, and an erasure of many messages came nearer to being parked.
     */
    it('raises the same where the server that is back does not know a cursor', async () => {
      const mongo = await openMongo(`${server().url}${newDatabaseName()}`);
      const documents = new Documents(mongo, '');
      const all = Array.from({ length: 500 }, (_, n) => ({ insert: { _id: String(n) }, changes: [] }));
      await documents.write({ things: all });
      const things = documents.each('things', {}, {});
      await things.next();
      await server().kill();
      await server().restart();
      await untilAnswering(server().url);
      expect(await failureOf(untilEnd(things))).to.be.instanceOf(DatabaseUnavailableError);
      await mongo.db.dropDatabase();
      await mongo.close();
    });
  },
  { killable: true },
);
