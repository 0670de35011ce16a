import { expect } from 'chai';
import { decision } from '../../../src/application/kernel/decision.js';
import type { EventStore } from '../../../src/application/ports/event-store.js';
import { usernameClaim } from '../../../src/domain/claims/decider.js';
import { conversation } from '../../../src/domain/conversations/decider.js';
import type { StreamId } from '../../../src/domain/kernel/ids.js';
import { ada, at, bob, conversationNumber } from '../../support/ids.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { memoryUserKeys } from '../../support/user-keys.js';
import { watchedStore } from './watched-store.js';

describe('A decision', () => {
  let store: EventStore;
  let readings: readonly StreamId[];

  beforeEach(() => {
    const memory = createMemoryEventStore(createEventCodec(chatEvents, memoryUserKeys()));
    ({ store, readings } = watchedStore(memory));
  });

  const claim = { type: 'ClaimUsername', data: { userId: ada, at: at(0) } } as const;

  it('answers what is to be appended, behind which revision, and the state after it', async () => {
    const decided = await decision(usernameClaim, 'ada', claim).decide(store, 0);
    expect(decided).to.deep.equal({
      loaded: {
        streamId: 'username-ada',
        state: { claimedBy: null },
        revision: 'no stream',
        firstPosition: undefined,
        lastPosition: undefined,
      },
      facts: [{ type: 'UsernameClaimed', data: { userId: ada, claimedAt: at(0) } }],
      state: { claimedBy: ada },
      hidesActor: true,
    });
    expect(readings).to.deep.equal(['username-ada']);
  });

  it('reads nothing on the first attempt where the stream is expected to be new, and reads it from then on', async () => {
    const expecting = decision(usernameClaim, 'ada', claim, { expectNew: true });
    expect((await expecting.decide(store, 0)).loaded.revision).to.equal('no stream');
    expect(readings).to.deep.equal([]);
    for (const attempt of [1, 2]) await expecting.decide(store, attempt);
    expect(readings).to.deep.equal(['username-ada', 'username-ada']);
  });

  it('reads the stream on every attempt where nothing is expected of it', async () => {
    for (const attempt of [0, 1]) await decision(usernameClaim, 'ada', claim).decide(store, attempt);
    expect(readings).to.deep.equal(['username-ada', 'username-ada']);
  });

  it('shows who commanded it, unless its events are to hide that', async () => {
    const conversationId = conversationNumber(1);
    const data = { conversationId, title: 'Engines', memberIds: [bob], by: ada, at: at(0) };
    const decided = await decision(conversation, conversationId, { type: 'StartGroup', data }).decide(store, 0);
    expect(decided.hidesActor).to.equal(false);
  });
});
