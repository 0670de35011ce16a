import { expect } from 'chai';
import { createSessionWrites } from '../../../src/application/kernel/session-writes.js';
import { positionOf, sessionNumber } from '../../support/ids.js';

const PROJECTIONS = [
  { name: 'users', types: ['ContactAdded', 'ProfileChanged'] },
  { name: 'messages', types: ['MessageSent', 'ProfileChanged'] },
];

describe('What sessions have written', () => {
  const ada = sessionNumber(1);

  it('is waited for by the read models that are made from it, and by no others', () => {
    const writes = createSessionWrites(PROJECTIONS);
    writes.note(ada, new Set(['ContactAdded', 'RequestAccepted']), positionOf(7));
    expect(writes.of(ada, 'users')).to.equal('7');
    expect(writes.of(ada, 'messages')).to.equal(undefined);
    writes.note(ada, new Set(['ProfileChanged']), positionOf(12));
    expect(writes.of(ada, 'users')).to.equal('12');
    expect(writes.of(ada, 'messages')).to.equal('12');
    expect(writes.of(sessionNumber(2), 'users')).to.equal(undefined);
  });

  it('is waited for by every read model where it is not known what it was', () => {
    const writes = createSessionWrites(PROJECTIONS);
    writes.note(ada, null, positionOf(7));
    expect(PROJECTIONS.map(({ name }) => writes.of(ada, name))).to.deep.equal(['7', '7']);
  });

  it('never moves back: of two commands at once the later position counts', () => {
    const writes = createSessionWrites(PROJECTIONS);
    for (const position of [9, 10, 8]) writes.note(ada, new Set(['MessageSent']), positionOf(position));
    expect(writes.of(ada, 'messages')).to.equal('10');
  });

  it('is not forgotten for what no read model is made from', () => {
    const writes = createSessionWrites(PROJECTIONS, 1);
    writes.note(ada, new Set(['ContactAdded']), positionOf(7));
    writes.note(sessionNumber(2), new Set(['RequestAccepted']), positionOf(8));
    expect(writes.of(ada, 'users')).to.equal('7');
  });

  it('is remembered of so many sessions, those that wrote last', () => {
    const writes = createSessionWrites(PROJECTIONS, 2);
    const note = (n: number) => writes.note(sessionNumber(n), new Set(['MessageSent']), positionOf(n));
    for (const n of [1, 2, 1, 3]) note(n);
    expect([1, 2, 3].map((n) => writes.of(sessionNumber(n), 'messages'))).to.deep.equal(['1', undefined, '3']);
  });
});
