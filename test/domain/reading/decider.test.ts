import { expect } from 'chai';
import fc from 'fast-check';
import { decide, fold } from '../../../src/domain/kernel/decider.js';
import { comparePositions } from '../../../src/domain/kernel/position.js';
import { reading } from '../../../src/domain/reading/decider.js';
import { fact } from '../../support/events.js';
import { at, bob, conversationNumber, messageNumber, positionOf } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

describe('MarkRead', () => {
  const { given } = specOf(reading);
  const mark = (position: number | bigint) =>
    ({
      type: 'MarkRead',
      data: {
        conversationId: conversationNumber(1),
        messageId: messageNumber(1),
        messagePosition: positionOf(position),
        isShown: true,
        by: bob,
        at: at(70),
      },
    }) as const;
  const read = (position: number) => fact('MessageRead', { messagePosition: positionOf(position) });

  it('records the first message read', () => given().when(mark(7)).thenEvents(read(7)));
  it('records it as hidden for one who shows no receipts', () => {
    const { type, data } = mark(7);
    given()
      .when({ type, data: { ...data, isShown: false } })
      .thenEvents(fact('MessageRead', { hidden: true }));
  });
  it('moves forward', () => given(read(7)).when(mark(8)).thenEvents(read(8)));
  it('moves forward over a power of ten', () => given(read(9)).when(mark(10)).thenEvents(read(10)));
  it('changes nothing where it stands already', () => given(read(7)).when(mark(7)).thenNothing());
  it('never moves back', () => given(read(10)).when(mark(9)).thenNothing());

  it('never moves back, whatever is marked in whatever order', () => {
    const positions = fc.array(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), { minLength: 1 });
    fc.assert(
      fc.property(positions, (marked) => {
        let state = fold(reading, []);
        for (const position of marked) {
          const before = state.readUpTo;
          state = fold(reading, decide(reading, mark(position), state), state);
          expect(comparePositions(state.readUpTo, before)).to.be.at.least(0);
        }
        expect(state.readUpTo).to.equal(positionOf(marked.reduce((a, b) => (a > b ? a : b))));
      }),
    );
  });
});
