import { expect } from 'chai';
import { listHistory } from '../../../src/application/messages/list-history.js';
import { ada, bob, conversationNumber } from '../../support/ids.js';
import { refusalOf } from '../kernel/refusal.js';

const conversationId = conversationNumber(1);
const page = { messages: [], previousCursor: null, nextCursor: null };

describe('The history of a conversation', () => {
  let asked: unknown[];
  let fetched: unknown[];
  beforeEach(() => ([asked, fetched] = [[], []]));

  const list = listHistory(
    { isMember: (id, viewer) => Promise.resolve(id === conversationId && viewer === ada) },
    {
      history: (...given) => {
        asked.push(given);
        return Promise.resolve(page);
      },
    },
    { fetched: (viewer, messages) => fetched.push([viewer, messages]) },
  );
  const query = { conversationId, place: { kind: 'newest' }, limit: 50 } as const;

  it('is shown to a member, as the read models have both', async () => {
    expect(await list(ada, query)).to.equal(page);
    expect(asked).to.deep.equal([[conversationId, { kind: 'newest' }, 50]]);
    expect(fetched, 'it has come to them').to.deep.equal([[ada, page.messages]]);
  });

  it('does not exist for anybody else', async () => {
    expect(await refusalOf(list(bob, query))).to.equal('conversation_not_found');
    expect(await refusalOf(list(ada, { ...query, conversationId: conversationNumber(2) }))).to.equal(
      'conversation_not_found',
    );
    expect(fetched).to.deep.equal([]);
  });

  // A batch with a removal and a message came between the two look-ups: the removed user was shown the message.
  it('is not shown to a member whose removal comes while it is read', async () => {
    let isThere = true;
    const removing = listHistory(
      { isMember: () => Promise.resolve(isThere) },
      {
        history: () => {
          isThere = false;
          return Promise.resolve(page);
        },
      },
      { fetched: () => undefined },
    );
    expect(await refusalOf(removing(ada, query))).to.equal('conversation_not_found');
  });
});
