import { expect } from 'chai';
import type { SearchQuery } from '../../src/application/ports/search-views.js';
import { fact } from '../support/events.js';
import { ada, at, bob, conversationNumber, messageNumber, positionOf } from '../support/ids.js';
import type { Fact } from '../support/projections.js';
import { scene, type Feed, type OpenReadModels, type ReadModelsUnderTest } from './read-model-steps.js';

const [one, two] = [conversationNumber(1), conversationNumber(2)];

const sent = (n: number, text: string, more: object = {}) =>
  fact('MessageSent', {
    messageId: messageNumber(n),
    conversationId: one,
    senderId: ada,
    text,
    sentAt: at(n),
    ...more,
  });
const edited = (n: number, text: string) =>
  fact('MessageEdited', { messageId: messageNumber(n), conversationId: one, senderId: ada, text });
const deleted = (n: number) => fact('MessageDeleted', { messageId: messageNumber(n), conversationId: one });

const EVERYTHING = {
  conversationIds: [one, two],
  words: [],
  senderId: undefined,
  from: undefined,
  to: undefined,
  before: undefined,
  limit: 50,
} satisfies SearchQuery;

export const describeSearch = (open: OpenReadModels, feed: Feed): void => {
  const opened = scene(open, feed);
  const views = (...facts: readonly Fact[]) =>
    opened(...[one, two].map((conversationId) => fact('ConversationStarted', { conversationId })), ...facts);
  /** Answers the position of the message that comes as this one. */
  const placeOf = (n: number) => positionOf(n + 2);

  /** Answers the numbers of the messages that are found. */
  const found = async ({ search }: ReadModelsUnderTest, words: readonly string[], more: Partial<SearchQuery> = {}) => {
    const page = await search.find({ ...EVERYTHING, words, ...more });
    return page.found.map(({ messageId }) => Number.parseInt(messageId.slice(-12), 16));
  };

  it('are found by parts of words, in any order, the newest first', async () => {
    const models = await views(sent(1, 'Crème Brûlée'), sent(2, 'no'), sent(3, 'BRULEE, cremes'));
    expect(await found(models, ['reme', 'bru'])).to.deep.equal([3, 1]);
    expect(await found(models, ['creme brulee'])).to.deep.equal([1]);
    expect(await found(models, ['cremee'])).to.deep.equal([]);
  });

  it('are found by signs that patterns have a meaning for', async () => {
    const models = await views(sent(1, '50% off'), sent(2, 'snake_case'), sent(3, 'C:\\temp'), sent(4, "it's"));
    expect(await found(models, ['%'])).to.deep.equal([1]);
    expect(await found(models, ['_'])).to.deep.equal([2]);
    expect(await found(models, ['\\'])).to.deep.equal([3]);
    expect(await found(models, ["'"])).to.deep.equal([4]);
    expect(await found(models, ['e_c'])).to.deep.equal([2]);
  });

  it('are found in some conversations, of a sender, of a time, before a position', async () => {
    const models = await views(
      sent(1, 'tea'),
      sent(2, 'tea', { conversationId: two, senderId: bob }),
      sent(3, 'tea', { senderId: bob }),
    );
    expect(await found(models, ['tea'])).to.deep.equal([3, 2, 1]);
    expect(await found(models, ['tea'], { conversationIds: [two] })).to.deep.equal([2]);
    expect(await found(models, ['tea'], { conversationIds: [] })).to.deep.equal([]);
    expect(await found(models, ['tea'], { conversationIds: [conversationNumber(3)] })).to.deep.equal([]);
    expect(await found(models, ['tea'], { senderId: bob })).to.deep.equal([3, 2]);
    expect(await found(models, ['tea'], { from: at(2) })).to.deep.equal([3, 2]);
    expect(await found(models, ['tea'], { to: at(2) })).to.deep.equal([1]);
    expect(await found(models, ['tea'], { before: placeOf(3) })).to.deep.equal([2, 1]);
  });

  it('come page by page', async () => {
    const { search } = await views(sent(1, 'tea'), sent(2, 'tea'), sent(3, 'tea'));
    const first = await search.find({ ...EVERYTHING, words: ['tea'], limit: 2 });
    expect(first.found.map(({ sentPosition }) => sentPosition)).to.deep.equal([placeOf(3), placeOf(2)]);
    expect(first.next).to.equal(placeOf(2));
    const second = await search.find({ ...EVERYTHING, words: ['tea'], limit: 2, before: placeOf(2) });
    expect(second).to.deep.equal({ found: [{ messageId: messageNumber(1), sentPosition: placeOf(1) }], next: null });
    expect((await search.find({ ...EVERYTHING, words: ['tea'], limit: 3 })).next).to.equal(null);
  });

  it('are found by their new text once they were edited, and by none once they were deleted', async () => {
    const models = await views(sent(1, 'tea'), sent(2, 'tea'), edited(1, 'cocoa'), deleted(2), edited(2, 'late'));
    expect(await found(models, ['tea'])).to.deep.equal([]);
    expect(await found(models, ['cocoa'])).to.deep.equal([1]);
  });

  it('are not found where they carry files alone', async () => {
    const models = await views(sent(1, ''), sent(2, 'tea'));
    expect(await found(models, ['e'])).to.deep.equal([2]);
  });

  it('are not found once their sender was erased, nor what comes of theirs afterwards', async () => {
    const models = await views(
      sent(1, 'tea'),
      sent(2, 'tea', { senderId: bob }),
      fact('UserErased', { userId: ada }),
      sent(3, 'tea'),
      edited(1, 'tea'),
    );
    expect(await found(models, ['tea'])).to.deep.equal([2]);
  });
};
