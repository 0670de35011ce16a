import { expect } from 'chai';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { behind, isDense } from '../../../src/infrastructure/event-store/postgres/dense.js';
import { recordedAt } from '../../support/recorded-event.js';

const eventsAt = (...positions: readonly number[]): RecordedEvent[] => positions.map(recordedAt);
const seven = '7' as Position;

describe('isDense', () => {
  const cases: readonly (readonly [string, readonly number[], boolean])[] = [
    ['no event at all', [], true],
    ['the next position', [8], true],
    ['the next ones, also where they get a digit more', [8, 9, 10], true],
    ['one that begins further on', [9], false],
    ['one that begins at the position', [7, 8], false],
    ['one with a hole', [8, 10], false],
    ['one with a position twice', [8, 8], false],
    ['one that falls, though it ends where as many would', [8, 12, 10], false],
    ['one that falls below the position, though it ends where as many would', [5, 9], false],
  ];
  for (const [name, positions, dense] of cases)
    it(`${dense ? 'takes' : 'refuses'} ${name}`, () => {
      expect(isDense(eventsAt(...positions), seven)).to.equal(dense);
    });
});

describe('behind', () => {
  const positionsBehind = (...positions: readonly number[]) =>
    behind(eventsAt(...positions), seven).map(({ position }) => Number(position));

  it('leaves out what stands at the position or before it', () => {
    expect(positionsBehind(6, 7, 8, 9)).to.deep.equal([8, 9]);
    expect(positionsBehind(8, 9)).to.deep.equal([8, 9]);
    expect(positionsBehind(6, 7)).to.deep.equal([]);
    expect(positionsBehind()).to.deep.equal([]);
  });
});
