import { expect } from 'chai';
import fc from 'fast-check';
import type { SearchQuery, SearchViews } from '../../../../src/application/ports/search-views.js';
import type { RecordedEvent } from '../../../../src/application/ports/event-store.js';
import { searchProjection } from '../../../../src/application/projections/registry.js';
import type { ConversationId } from '../../../../src/domain/kernel/ids.js';
import { createPostgresGenerations } from '../../../../src/infrastructure/projections/postgres/postgres-generations.js';
import { searchReadModel } from '../../../../src/infrastructure/read-models/postgres/search-read-model.js';
import {
  createSearchViews,
  searchViewsWithin,
} from '../../../../src/infrastructure/read-models/postgres/search-views.js';
import { draws } from '../../../support/draws.js';
import { fact } from '../../../support/events.js';
import { at, conversationNumber, messageNumber, userNumber } from '../../../support/ids.js';
import { openMemoryReadModels } from '../../../support/memory-read-models.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';
import { feed, recorded } from '../../../support/projections.js';

const EVERYTHING = {
  conversationIds: [1, 2, 3].map(conversationNumber),
  words: [],
  senderId: undefined,
  from: undefined,
  to: undefined,
  before: undefined,
  limit: 50,
} satisfies SearchQuery;

/** Answers what each page found. */
const pagesOf = async (views: SearchViews, asked: SearchQuery) => {
  const pages = [];
  for (let before = asked.before; ;) {
    const { found, next } = await views.find({ ...asked, before });
    pages.push(found);
    if (next === null) return pages;
    before = next;
  }
};

/** Feeds events to PostgreSQL and to memory, for the tests of a group. */
const searchedIn = (events: readonly RecordedEvent[]) => {
  let database: TestDatabase;
  let memory: Awaited<ReturnType<typeof openMemoryReadModels>>;
  before(async () => {
    database = await testDatabase();
    const parts = { pool: database.pool, projection: searchProjection, readModel: searchReadModel };
    const generations = createPostgresGenerations(parts);
    await generations.prepare();
    const store = generations.open();
    await feed(store, events, [events.length]);
    await store.release();
    memory = await openMemoryReadModels();
    await memory.feed(events, [events.length]);
  });
  after(async () => {
    await memory.close();
    await database.drop();
  });
  return { pool: () => database.pool, memory: () => memory.search };
};

/*
 * Each conversation is asked for a few messages first. Where one of them has all of the newest ones, more of it is needed.
 */
describe('A search in many conversations', () => {
  const conversationIds = Array.from({ length: 12 }, (_, n) => conversationNumber(n + 1));
  const RUN = 25;
  const started = conversationIds.map((conversationId) => fact('ConversationStarted', { conversationId }));
  const sent = Array.from({ length: RUN * 24 }, (_, n) => {
    const run = Math.floor(n / RUN);
    // Of two runs, one is in a single conversation, and one goes through all of them.
    const conversation = run % 2 === 0 ? run % 12 : n % 12;
    return fact('MessageSent', {
      messageId: messageNumber(n + 1),
      conversationId: conversationIds[conversation] as ConversationId,
      senderId: userNumber(1 + (n % 2)),
      text: n % 3 === 0 ? 'coffee' : 'tea',
      sentAt: at(n),
    });
  });
  const models = searchedIn(recorded([...started, ...sent]));

  for (const words of [['tea'], ['coffee'], ['e']])
    for (const limit of [1, 10, 20, 100])
      it(`finds the newest of all, ${limit} on a page that have ${words.join()}`, async () => {
        const asked = { ...EVERYTHING, conversationIds, words, limit };
        const pages = await pagesOf(createSearchViews(models.pool()), asked);
        expect(pages).to.deep.equal(await pagesOf(models.memory(), asked));
      });
});

/*
 * "like" compares a word that repeats its beginning again and again with a text that does so, too: seventy messages of 8,000
 * signs kept PostgreSQL busy for half a minute, and with it a connection of the server, for one request.
 */
describe('A search that compares for long', () => {
  const LENGTH = 260;
  const started = EVERYTHING.conversationIds.map((conversationId) => fact('ConversationStarted', { conversationId }));
  const sent = Array.from({ length: LENGTH }, (_, n) =>
    fact('MessageSent', {
      messageId: messageNumber(n + 1),
      conversationId: conversationNumber(1 + (Math.floor(n / 9) % 3)),
      senderId: userNumber(1 + (n % 2)),
      text: n % 5 === 0 ? 'tea' : `${'ha'.repeat(1 + ((n * 7) % 20))} tea`,
      sentAt: at(n),
    }),
  );
  const events = recorded([...started, ...sent]);
  const models = searchedIn(events);

  const words = fc.constantFrom('ha'.repeat(12), 'ha'.repeat(5), 'a'.repeat(3), 'tea', 'ha');
  const query: fc.Arbitrary<SearchQuery> = fc.record({
    ...Object.fromEntries(Object.entries(EVERYTHING).map(([field, value]) => [field, fc.constant(value)])),
    words: fc.uniqueArray(words, { minLength: 1, maxLength: 2 }),
    senderId: fc.option(fc.integer({ min: 1, max: 2 }).map(userNumber), { nil: undefined }),
    limit: fc.constantFrom(1, 7, 100),
  }) as never;

  it('finds all of it on more pages, and nothing twice', async function () {
    this.timeout(60_000);
    const property = fc.asyncProperty(query, fc.constantFrom(300, 5_000), async (asked, mostLooks) => {
      const pages = await pagesOf(searchViewsWithin(mostLooks)(models.pool()), asked);
      expect(pages.flat()).to.deep.equal((await pagesOf(models.memory(), asked)).flat());
    });
    await fc.assert(property, { numRuns: draws(12) });
  });

  it('compares no more for a page than it may, be it listed or not', async () => {
    const asked = { ...EVERYTHING, words: ['ha'.repeat(5)] };
    const pages = await pagesOf(searchViewsWithin(1)(models.pool()), asked);
    expect(Math.max(...pages.map(({ length }) => length))).to.equal(2);
    expect(await pagesOf(createSearchViews(models.pool()), asked)).to.have.length.below(5);
  });
});
