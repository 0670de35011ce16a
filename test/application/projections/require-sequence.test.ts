import { expect } from 'chai';
import { BrokenSequenceError } from '../../../src/application/ports/projection-store.js';
import { requireSequence } from '../../../src/application/projections/require-sequence.js';
import { positionOf } from '../../support/ids.js';
import { batch, event } from './projection-scene.js';

describe('The sequence of batches', () => {
  const reached = positionOf(8);

  for (const [what, given] of [
    ['events in order, with those of others between them', batch(8, [event(9), event(11)], 11)],
    ['a position behind the last event', batch(8, [event(10)], 100)],
    ['no events, and a position that has not moved', batch(8, [], 8)],
  ] as const)
    it(`takes ${what}`, () => expect(() => requireSequence(given, reached)).to.not.throw());

  for (const [what, given, reason] of [
    ['begins too late', batch(9, [event(10)], 10), 'a batch begins behind position 9, but 8 was reached'],
    ['begins too early', batch(7, [event(9)], 9), 'a batch begins behind position 7, but 8 was reached'],
    ['holds what was reached', batch(8, [event(8)], 9), 'the event at position 8 came behind the one at 8'],
    ['holds an event twice', batch(8, [event(9), event(9)], 9), 'the event at position 9 came behind the one at 9'],
    ['is out of order', batch(8, [event(10), event(9)], 10), 'the event at position 9 came behind the one at 10'],
    ['ends before its last event', batch(8, [event(10)], 9), 'a batch up to position 9 holds the event at 10'],
  ] as const)
    it(`refuses a batch that ${what}`, () =>
      expect(() => requireSequence(given, reached)).to.throw(BrokenSequenceError, reason));
});
