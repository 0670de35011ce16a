import { expect } from 'chai';
import fc from 'fast-check';
import type { SearchQuery, SearchViews } from '../../src/application/ports/search-views.js';
import { normalForm } from '../../src/application/search/normal-form.js';
import { draws } from '../support/draws.js';
import { at, conversationNumber, positionOf, userNumber } from '../support/ids.js';
import { openMemoryReadModels } from '../support/memory-read-models.js';
import { recorded } from '../support/projections.js';
import { randomMessages, SOME_WORDS } from '../support/random-messages.js';
import type { OpenReadModels } from './read-model-steps.js';

/** Several chunks of what engines store at once. */
const LENGTH = 400;
const QUERIES = 40;
const RUNS = draws(4);
const LONG_MS = 120_000;

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });
const word = fc.oneof(
  fc.constantFrom(...SOME_WORDS).map(normalForm),
  fc.constantFrom('e', 'te', 'eak', '京', 'タ', 'ส', 'no', 'nothing', 'tea ', 'ea tea').map((text) => text.trim()),
);
const query: fc.Arbitrary<SearchQuery> = fc.record({
  conversationIds: fc.constantFrom([1, 2], [1], [2], [3, 1]).map((numbers) => numbers.map(conversationNumber)),
  words: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
  senderId: maybe(fc.integer({ min: 1, max: 5 }).map(userNumber)),
  from: maybe(fc.integer({ min: 0, max: LENGTH }).map(at)),
  to: maybe(fc.integer({ min: 0, max: LENGTH }).map(at)),
  before: maybe(fc.integer({ min: 1, max: LENGTH }).map((n) => positionOf(n))),
  limit: fc.constantFrom(1, 2, 7, 100),
});

/** Answers what pages say together, one after another, as they may be cut differently. */
const pages = async (views: SearchViews, asked: SearchQuery) => {
  const found = [];
  for (let before = asked.before; ;) {
    const page = await views.find({ ...asked, before });
    expect(page.found.length).to.be.at.most(asked.limit);
    found.push(...page.found);
    if (page.next === null) return found;
    before = page.next;
  }
};

/** Tests searches in random histories beside a plain look through all messages. */
export const describeRandomSearches = (open: OpenReadModels): void => {
  it('finds all that matches and nothing else, however events are batched, and when everything comes twice', async function () {
    this.timeout(LONG_MS);
    const sizes = fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 5 });
    const queries = fc.array(query, { minLength: QUERIES, maxLength: QUERIES });
    const property = fc.asyncProperty(randomMessages(LENGTH), sizes, queries, async (facts, cut, asked) => {
      const model = await openMemoryReadModels();
      await model.feed(recorded(facts), [LENGTH]);
      const models = await open();
      try {
        await models.feed(recorded(facts), cut);
        for (const each of asked)
          expect(await pages(models.search, each), JSON.stringify(each)).to.deep.equal(await pages(model.search, each));
        await models.feed(recorded(facts), [LENGTH]);
        for (const each of asked.slice(0, 5))
          expect(await pages(models.search, each), 'fed twice').to.deep.equal(await pages(model.search, each));
      } finally {
        await models.close();
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  });
};
