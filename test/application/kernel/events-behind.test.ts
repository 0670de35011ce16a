import { expect } from 'chai';
import { eventsBehind } from '../../../src/application/kernel/events-behind.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { countBetween } from '../../../src/infrastructure/event-store/dense-positions.js';
import { positionOf } from '../../support/ids.js';

describe('The events behind positions', () => {
  it('are counted up to the head, each stretch once', async () => {
    const counted: string[] = [];
    const events = {
      countBetween: async (after: Position, upTo: Position) => {
        counted.push(`${after} to ${upTo}`);
        return countBetween(after, upTo);
      },
    };
    const behind = await eventsBehind(events, [3, 9, 12, 3, 10, 0].map(positionOf), positionOf(10));
    expect(Object.fromEntries(behind)).to.deep.equal({ 0: 10, 3: 7, 9: 1, 10: 0, 12: 0 });
    expect(counted).to.deep.equal(['12 to 10', '10 to 10', '9 to 10', '3 to 9', '0 to 3']);
  });
});
