import { expect } from 'chai';
import { searchMessages, type MessageSearch } from '../../../src/application/search/search-messages.js';
import { messageView } from '../../../src/application/messages/message-view.js';
import type { MessageView } from '../../../src/application/ports/message-views.js';
import type { SearchQuery } from '../../../src/application/ports/search-views.js';
import type { ConversationId, MessageId, UserId } from '../../../src/domain/kernel/ids.js';
import { ada, at, bob, conversationNumber, messageNumber, positionOf } from '../../support/ids.js';
import { refusalOf } from '../kernel/refusal.js';

const [one, two] = [conversationNumber(1), conversationNumber(2)];

const shown = (n: number, more: Partial<MessageView> = {}): MessageView => ({
  ...messageView({
    ...{ messageId: messageNumber(n), conversationId: one, seq: n, senderId: bob, text: `tea ${n}`, replyTo: null },
    ...{ sentAt: at(n), position: positionOf(n) },
  }),
  ...more,
});

interface World {
  /** The conversations of the user, each time they are asked for. */
  readonly memberships: readonly (readonly ConversationId[])[];
  readonly messages: readonly MessageView[];
}

const SEARCH: MessageSearch = {
  ...{ q: 'Tea', conversationId: undefined, from: undefined, after: undefined, before: undefined, cursor: undefined },
  limit: 2,
};

/** Searches a world in which the search finds every message, and says what it was asked for. */
const searching = async ({ memberships, messages }: World, search: Partial<MessageSearch> = {}) => {
  const left = [...memberships];
  const asked: SearchQuery[] = [];
  const conversations = {
    membershipsOf: async () => (left.shift() ?? []).map((conversationId) => ({ userId: ada, conversationId })),
    isMember: async (conversationId: ConversationId) => (left.shift() ?? []).includes(conversationId),
  };
  const find = async (query: SearchQuery) => {
    asked.push(query);
    const found = messages.map(({ messageId, position }) => ({ messageId, sentPosition: position }));
    return { found, next: positionOf(5) };
  };
  const findSome = async () => messages.toReversed();
  const fetched: [UserId, MessageId[]][] = [];
  const deliveries = {
    fetched: (viewer: UserId, got: readonly Pick<MessageView, 'messageId'>[]) =>
      void fetched.push([viewer, got.map(({ messageId }) => messageId)]),
  };
  const searchIn = searchMessages(conversations, { findSome }, { find }, deliveries);
  const page = await searchIn(ada, { ...SEARCH, ...search });
  return { asked, fetched, texts: page.messages.map(({ text }) => text), nextCursor: page.nextCursor };
};

describe('A search for messages', () => {
  const stays = [
    [one, two],
    [one, two],
  ];

  it('looks through the conversations of the user, and answers in the order in which messages were found', async () => {
    const { asked, texts } = await searching({ memberships: stays, messages: [shown(9), shown(7)] });
    expect(asked[0]).to.deep.include({ conversationIds: [one, two], words: ['tea'], before: undefined, limit: 2 });
    expect(texts).to.deep.equal(['tea 9', 'tea 7']);
  });

  it('goes on where its cursor says', async () => {
    const world = { memberships: stays, messages: [shown(9)] };
    const { nextCursor } = await searching(world);
    const { asked } = await searching(world, { q: ' TEA ', cursor: nextCursor ?? '', limit: 9 });
    expect(asked[0]).to.deep.include({ before: positionOf(5), limit: 9 });
  });

  // What was found in a search had never been delivered, although its reader had it on the screen.
  it('notes that the user has fetched what is shown to them, and nothing else', async () => {
    const messages = [shown(9), shown(7, { conversationId: two }), shown(4, { text: 'cocoa' })];
    const { fetched } = await searching({ memberships: [[one, two], [one]], messages });
    expect(fetched).to.deep.equal([[ada, [messageNumber(9)]]]);
  });

  it('leaves out what has been edited or deleted since it was found', async () => {
    const messages = [shown(4, { text: 'cocoa' }), shown(3, { text: null, deletedAt: at(9) }), shown(2)];
    expect((await searching({ memberships: stays, messages })).texts).to.deep.equal(['tea 2']);
  });

  it('shows nothing of a conversation that the user was removed from meanwhile', async () => {
    const messages = [shown(9), shown(7, { conversationId: two })];
    expect((await searching({ memberships: [[one, two], [two]], messages })).texts).to.deep.equal(['tea 7']);
    const search = { conversationId: one };
    const removed = searching({ memberships: [[one], []], messages }, search);
    expect(await refusalOf(removed)).to.equal('conversation_not_found');
    const stranger = searching({ memberships: [[two]], messages }, search);
    expect(await refusalOf(stranger)).to.equal('conversation_not_found');
  });
});
