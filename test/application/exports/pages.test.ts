import { expect } from 'chai';
import { paged, pagedBehind } from '../../../src/application/exports/pages.js';

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const collected = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
};

describe('Reading everything page by page', () => {
  for (const count of [0, 1, 499, 500, 501, 1_000, 1_203])
    it(`answers each of ${count} once, in their order`, async () => {
      const all = numbersTo(count);
      expect(
        await collected(pagedBehind<number>(async (after, limit) => all.slice(after ?? 0, (after ?? 0) + limit))),
      ).to.deep.equal(all);
      const byCursor = paged(async (cursor, limit) => {
        const end = Number(cursor ?? 0) + limit;
        return { items: all.slice(end - limit, end), nextCursor: end < count ? String(end) : null };
      });
      expect(await collected(byCursor)).to.deep.equal(all);
    });
});
