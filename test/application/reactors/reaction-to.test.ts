import { expect } from 'chai';
import { decision } from '../../../src/application/kernel/decision.js';
import { createTransact } from '../../../src/application/kernel/transact.js';
import { reactionTo } from '../../../src/application/reactors/reaction-to.js';
import { conversation } from '../../../src/domain/conversations/decider.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { createIdentifiers } from '../../../src/infrastructure/identifiers.js';
import { collect } from '../../contracts/store-steps.js';
import { ada, at, bob, conversationNumber } from '../../support/ids.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';

const conversationId = conversationNumber(1);
const StartGroup = { conversationId, title: 'Engines', memberIds: [bob], by: ada, at: at(0) };

describe('A reaction to an event', () => {
  const store = createMemoryEventStore(testCodec);
  const identifiers = createIdentifiers();
  const transact = createTransact(store, identifiers, () => Promise.resolve());
  const cause = eventNumbered(1);
  const react = () =>
    transact(reactionTo(cause, 'greeter', identifiers, at(9)), async () => ({
      decisions: [
        decision(conversation, conversationId, { type: 'StartGroup', data: StartGroup }, { expectNew: true }),
      ],
      answer: () => ({}),
    }));
  const appended = () => collect(store.readStream(streamOf('conversation', conversationId)));

  it('names the event as the cause of what it appends, in the chain of requests of that event', async () => {
    await react();
    const [event] = await appended();
    expect(event?.metadata).to.deep.equal({
      commandId: identifiers.reactionId(cause.eventId, 'greeter'),
      correlationId: cause.metadata.correlationId,
      causationId: cause.eventId,
      actorId: null,
      sessionId: null,
      recordedAt: at(9),
    });
  });

  it('is appended once, however often the event is seen', async () => {
    expect(await react()).to.have.property('repeated', true);
    expect(await appended()).to.have.length(1);
  });
});
