import { expect } from 'chai';
import { delivery } from '../../../src/domain/deliveries/decider.js';
import { fold } from '../../../src/domain/kernel/decider.js';
import { fact } from '../../support/events.js';
import { at, bob, conversationNumber, messageNumber, positionOf } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

describe('MarkDelivered', () => {
  const { given } = specOf(delivery);
  const mark = (position: number) =>
    ({
      type: 'MarkDelivered',
      data: {
        conversationId: conversationNumber(1),
        messageId: messageNumber(1),
        messagePosition: positionOf(position),
        by: bob,
        at: at(65),
      },
    }) as const;
  const delivered = (position: number) => fact('MessagesDelivered', { messagePosition: positionOf(position) });

  it('records the first messages that came', () => given().when(mark(7)).thenEvents(delivered(7)));
  it('moves forward over a power of ten', () => given(delivered(9)).when(mark(10)).thenEvents(delivered(10)));
  it('changes nothing where it stands already', () => given(delivered(7)).when(mark(7)).thenNothing());
  it('never moves back', () => given(delivered(10)).when(mark(9)).thenNothing());
  it('stands where the farther one of two servers has told it, in whatever order', () => {
    const state = { deliveredUpTo: positionOf(10) };
    expect(fold(delivery, [delivered(9), delivered(10)])).to.deep.equal(state);
    expect(fold(delivery, [delivered(10), delivered(9)])).to.deep.equal(state);
  });
});
