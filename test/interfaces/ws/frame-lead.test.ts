import { expect } from 'chai';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import type { MessageId } from '../../../src/domain/kernel/ids.js';
import { FrameLead } from '../../../src/interfaces/ws/frame-lead.js';
import { fact } from '../../support/events.js';
import { conversationNumber, messageNumber, positionOf } from '../../support/ids.js';
import { recorded } from '../../support/projections.js';
import { SteeredProgress } from '../../support/steered-progress.js';

const [followed, foreign] = [conversationNumber(1), conversationNumber(2)];
const known = messageNumber(1);
const sent = fact('MessageSent', { messageId: known, conversationId: followed });
const MOST_MS = 500;

describe('The lead of frames', () => {
  let progress: SteeredProgress;
  let counted: (readonly RecordedEvent[])[];
  let lead: FrameLead;
  let time: number;
  let position: number;

  beforeEach(() => {
    progress = new SteeredProgress();
    counted = [];
    time = 1_000;
    position = 0;
    lead = new FrameLead({
      progress,
      ordinals: { count: (events) => counted.push(events), isKnown: (messageId: MessageId) => messageId === known },
      isFollowed: (conversationId) => conversationId === followed,
      now: () => time,
    });
  });

  const allows = (...facts: Parameters<typeof recorded>[0]) => {
    const events = recorded(facts, position);
    position += facts.length;
    return lead.countAndAllow({ events });
  };

  it('is for messages and for reading whose ordinals are known, which are counted first', () => {
    expect(allows(sent, fact('MessageRead', { messageId: known, conversationId: followed }))).to.equal(true);
    expect(counted.map(({ length }) => length)).to.deep.equal([2]);
  });

  const others: Readonly<Record<string, Parameters<typeof recorded>[0][number]>> = {
    'a message whose ordinal is not known': { ...sent, data: { ...sent.data, messageId: messageNumber(2) } },
    'a change of a message': fact('MessageEdited', { messageId: known, conversationId: followed }),
    'a change of a conversation': fact('ConversationRenamed', { conversationId: followed }),
    'a change of a user': fact('ProfileChanged'),
  };
  for (const [name, other] of Object.entries(others))
    it(`is not for ${name}, nor for what is delivered together with it`, () => {
      expect([allows(other), allows(sent, other)]).to.deep.equal([false, false]);
    });

  it('is for messages that nobody here is shown, and for what shows nothing', () => {
    const data = { messageId: messageNumber(2), conversationId: foreign };
    expect([allows(fact('MessageSent', data)), allows(fact('SettingsChanged')), allows()]).to.deep.equal([
      true,
      true,
      true,
    ]);
  });

  it('ends where the read model stays behind, and begins again once it has come after', () => {
    expect(allows(sent)).to.equal(true);
    time += MOST_MS;
    expect(allows(sent)).to.equal(true);
    time += 1;
    expect([allows(sent), allows(sent)]).to.deep.equal([false, false]);
    progress.reach(positionOf(position), 'messages');
    expect(allows(sent)).to.equal(true);
    time += MOST_MS + 1;
    progress.reach(positionOf(position), 'messages');
    expect(allows(sent)).to.equal(true);
  });

  it('is counted from what the read model had not reached when it was looked at', () => {
    allows(sent);
    time += MOST_MS;
    progress.reach(positionOf(position), 'messages');
    expect(allows(sent)).to.equal(true);
    time += MOST_MS;
    expect(allows(sent)).to.equal(true);
    time += 1;
    expect(allows(sent)).to.equal(false);
  });
});
