import { expect } from 'chai';
import fc from 'fast-check';
import { project } from '../../../../src/application/projections/projector.js';
import { searchProjection } from '../../../../src/application/projections/registry.js';
import type { RecordedEvent } from '../../../../src/application/ports/event-store.js';
import { LOG_START } from '../../../../src/domain/kernel/position.js';
import { searchInMemory } from '../../../../src/infrastructure/read-models/memory/search-views.js';
import { describeOnMongo } from '../../../support/mongodb.js';
import { openStoredSearch, searchIn, type StoredMessages } from '../../../support/mongo-messages.js';
import { mortalMongo } from '../../../support/mortal-mongo.js';
import { feed, recorded } from '../../../support/projections.js';
import { attempts } from '../../../support/random-attempts.js';
import { historyOf } from '../../../support/random-history.js';

const RUNS = 10;
const LONG_MS = 300_000;

const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 });
const lives = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

/** Answers the messages as they are searched, by their ids, as events given one by one make them. */
const searchedOf = (events: readonly RecordedEvent[]) => {
  const tables = searchInMemory.create();
  const writers = searchInMemory.writersOf(tables);
  for (const event of events) project(searchProjection, writers, event);
  return Object.fromEntries(tables.messages);
};

describeOnMongo('What messages are found by in MongoDB', (server) => {
  let stored: StoredMessages;
  before(async () => {
    stored = await openStoredSearch(server());
  });
  after(() => stored.close());

  const goOn = async (events: readonly RecordedEvent[], cut: readonly number[], mongo = stored.mongo) => {
    const checkpoint = Number(await searchIn(stored.mongo).checkpoint());
    const store = searchIn(mongo).open();
    await feed(store, events.slice(checkpoint), cut);
    await store.release();
  };
  const searched = async () => {
    const { messages = {} } = await stored.rows();
    return Object.fromEntries(Object.entries(messages).map(([id, { grams: _, ...row }]) => [id, row]));
  };

  it('is the same wherever the nodes that store it are killed, and nothing is missed there', async function () {
    this.timeout(LONG_MS);
    const property = fc.asyncProperty(attempts, sizes, lives, async (tried, cut, each) => {
      await stored.empty();
      const events = recorded(historyOf(tried));
      for (const life of each) {
        const { mongo, bury } = mortalMongo(stored.mongo, life);
        await goOn(events, cut, mongo).catch(() => undefined); // it was killed
        await bury();
        await stored.mongo.db.collection('projections').updateOne({}, { $set: { holder: null } });
      }
      await goOn(events, cut);
      expect(await searched()).to.deep.equal(searchedOf(events));
      const newest = async (to: RecordedEvent['position']) => ({ events, after: LOG_START, to });
      expect(await searchIn(stored.mongo).findProblems(newest)).to.deep.equal([]);
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  for (const [what, change, problem] of [
    ['a message', { sentPosition: 1n }, 'is not found'],
    ['an edit', { position: 1n }, 'is not found as it was changed'],
    ['an erasure', { text: 'a text' }, 'are found'],
  ] as const)
    it(`is missed where ${what} is not as the log has it`, async () => {
      await stored.empty();
      const step = { by: 1, whom: 2, where: 1, which: 0 };
      const events = recorded(historyOf((['send', 'edit', 'erase'] as const).map((how) => ({ what: how, ...step }))));
      await goOn(events, [events.length]);
      await (await stored.collection('messages')).updateMany({}, { $set: change });
      const found = await searchIn(stored.mongo).findProblems(async (to) => ({ events, after: LOG_START, to }));
      expect(found.map((each) => each.problem).join()).to.match(new RegExp(`${problem}$`));
    });
});
