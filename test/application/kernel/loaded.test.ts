import { expect } from 'chai';
import { load } from '../../../src/application/kernel/loaded.js';
import { conversation } from '../../../src/domain/conversations/decider.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { fact } from '../../support/events.js';
import { ada, bob, conversationNumber } from '../../support/ids.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';

const streamId = streamOf('conversation', conversationNumber(1));

describe('Loading an aggregate', () => {
  const store = createMemoryEventStore(testCodec);
  const append = (of: { readonly type: string; readonly data: object }) =>
    store.append({ streams: [{ streamId, expected: 'any', events: [{ ...eventNumbered(0), ...of }] }] });
  const loading = () => load(store, conversation, conversationNumber(1));

  it('folds the events of its stream', async () => {
    await append(fact('ConversationStarted'));
    const { state, revision } = await loading();
    expect(revision).to.equal(0);
    expect(state.status === 'started' && [...state.members.keys()]).to.deep.equal([ada, bob]);
  });

  it('refuses a stream that holds an event of another kind of aggregate', async () => {
    await append(fact('MessageSent'));
    const error = await loading().catch((refusal: unknown) => refusal);
    expect(String(error)).to.equal(`Error: stream ${streamId} holds a MessageSent, which is not of its kind`);
  });
});
