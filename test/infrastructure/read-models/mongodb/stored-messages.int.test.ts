import { expect } from 'chai';
import fc from 'fast-check';
import type { RecordedEvent } from '../../../../src/application/ports/event-store.js';
import type { MessagesWriters } from '../../../../src/application/projections/registry.js';
import type { MongoDatabase } from '../../../../src/infrastructure/mongodb/open-mongo.js';
import type { MongoReadModel } from '../../../../src/infrastructure/projections/mongodb/mongo-read-model.js';
import { messagesInMongo } from '../../../../src/infrastructure/read-models/mongodb/messages-read-model.js';
import { checkpointFirst } from '../../../support/checkpoint-first.js';
import { heldMongo } from '../../../support/held-mongo.js';
import { describeOnMongo } from '../../../support/mongodb.js';
import { messagesIn, openStoredMessages, rowsOf, type StoredMessages } from '../../../support/mongo-messages.js';
import { mortalMongo } from '../../../support/mortal-mongo.js';
import { feed, recorded } from '../../../support/projections.js';
import { attempts } from '../../../support/random-attempts.js';
import { historyOf } from '../../../support/random-history.js';

const RUNS = 10;
const LONG_MS = 300_000;
const MUTANT_RUNS = 60;

const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 });
const steps = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });

/** How a node works: with what connection, and with what read model. */
interface Node {
  readonly connect?: (mongo: MongoDatabase) => MongoDatabase;
  readonly readModel?: MongoReadModel<MessagesWriters>;
}

/** Documents as they are without what guards them. */
const blind: MongoReadModel<MessagesWriters> = {
  ...messagesInMongo,
  open: (documents) => {
    const batch = messagesInMongo.open(documents);
    const stages = () =>
      batch
        .stages()
        .map((writes) =>
          Object.fromEntries(
            Object.entries(writes).map(([name, all]) => [
              name,
              all.map((write) => ({
                ...write,
                changes: write.changes.map(({ filter: { _id }, update }) => ({ filter: { _id }, update })),
              })),
            ]),
          ),
        );
    return { ...batch, stages };
  },
};

const headsFirst: MongoReadModel<MessagesWriters> = {
  ...messagesInMongo,
  open: (documents) => {
    const batch = messagesInMongo.open(documents);
    return { ...batch, stages: () => [...batch.stages()].reverse() };
  },
};

describeOnMongo('Messages that are stored in MongoDB', (server) => {
  let stored: StoredMessages;
  before(async () => {
    stored = await openStoredMessages(server());
  });
  after(() => stored.close());

  /** Applies what is left of the events, in batches of these sizes. */
  const goOn = async (
    events: readonly RecordedEvent[],
    cut: readonly number[],
    { connect = (mongo) => mongo, readModel }: Node = {},
  ) => {
    const { mongo } = stored;
    const checkpoint = Number(await messagesIn(mongo).checkpoint());
    const store = messagesIn(connect(mongo), readModel).open();
    await feed(store, events.slice(checkpoint), cut);
    await store.release();
  };
  const endLeases = () => stored.mongo.db.collection('projections').updateOne({}, { $set: { holder: null } });

  it('are the rows that their events make, however those are batched, and when everything comes twice', async function () {
    this.timeout(LONG_MS);
    const property = fc.asyncProperty(attempts, sizes, async (tried, cut) => {
      await stored.empty();
      const events = recorded(historyOf(tried));
      const expected = rowsOf(events);
      for (const times of ['once', 'twice']) {
        await stored.mongo.db.collection('projections').updateOne({}, { $set: { position: 0n } });
        await goOn(events, cut);
        expect(await stored.rows(), `fed ${times}`).to.deep.equal(expected);
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  /** Kills nodes after so many steps, each of which goes on where the one before has left it, then compares. */
  const killed = (node: Omit<Node, 'connect'> & { readonly wrap?: (mongo: MongoDatabase) => MongoDatabase }) =>
    fc.asyncProperty(attempts, sizes, sizes, steps, async (tried, cut, otherCut, lives) => {
      await stored.empty();
      const events = recorded(historyOf(tried));
      for (const [n, life] of lives.entries()) {
        const { mongo, bury } = mortalMongo(stored.mongo, life);
        const connect = () => (node.wrap ? node.wrap(mongo) : mongo);
        await goOn(events, n % 2 === 0 ? cut : otherCut, { ...node, connect }).catch(() => undefined); // it was killed
        await bury();
        await endLeases();
      }
      await goOn(events, otherCut, node.readModel ? { readModel: node.readModel } : {});
      expect(await stored.rows()).to.deep.equal(rowsOf(events));
    });

  it('are the same wherever the nodes that store them are killed, also between two writes', async function () {
    this.timeout(LONG_MS);
    await fc.assert(killed({}), { numRuns: RUNS });
  });

  /** Has a node stand still in the middle of its work until others have gone on, then compares. */
  const late = (node: Pick<Node, 'readModel'>) => {
    const standing = fc.tuple(fc.nat({ max: 12 }), fc.integer({ min: 1, max: 60 }));
    return fc.asyncProperty(attempts, sizes, sizes, standing, async (tried, cut, otherCut, [writes, upTo]) => {
      await stored.empty();
      const events = recorded(historyOf(tried));
      const dead = heldMongo(stored.mongo, writes);
      const work = goOn(events, cut, { ...node, connect: () => dead.mongo }).catch(() => undefined); // it has lost the lease
      while (!dead.isHeld && !(await Promise.race([work.then(() => true), turn()])));
      await endLeases();
      await goOn(events.slice(0, upTo), otherCut, node);
      await dead.release();
      await work;
      await endLeases();
      await goOn(events, otherCut, node);
      expect(await stored.rows()).to.deep.equal(rowsOf(events));
    });
  };

  it('are the same when a node writes late that was thought dead, whatever it has yet to write', async function () {
    this.timeout(LONG_MS);
    await fc.assert(late({}), { numRuns: RUNS });
  });

  for (const [how, property] of Object.entries({
    'conversations are stored before what they count': killed({ readModel: headsFirst }),
    'the checkpoint is stored before the documents': killed({ wrap: checkpointFirst }),
    'documents are changed whatever their position is': late({ readModel: blind }),
  }))
    it(`would not be the same if ${how}`, async function () {
      this.timeout(LONG_MS);
      const { failed } = await fc.check(property, { numRuns: MUTANT_RUNS, endOnFailure: true });
      expect(failed).to.equal(true);
    });
});

const turn = () => new Promise<false>((resolve) => setImmediate(() => resolve(false)));
