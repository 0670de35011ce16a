import { expect } from 'chai';
import { WaitingFrame } from '../../../src/interfaces/ws/waiting-frame.js';
import { group } from '../../support/group-facts.js';
import { ada, messageNumber, positionOf } from '../../support/ids.js';

describe('A frame that waits', () => {
  // 15 resumes of 1,000 messages left 4 MB to the collector, which copied them.
  it('gives away what it holds, and keeps nothing', () => {
    const message = { conversationId: group, messageId: messageNumber(1), seq: 1, senderId: ada };
    const waiting = new WaitingFrame(positionOf(4), Buffer.from('frame'), message);
    expect(waiting.position).to.equal('4');
    expect(waiting.take()).to.deep.equal({ frame: Buffer.from('frame'), message });
    expect(waiting.take()).to.deep.equal({ frame: undefined, message: undefined });
    expect(waiting.position).to.equal(undefined);
  });
});
