import { expect } from 'chai';
import { readPresenceSignal } from '../../../src/application/presence/read-presence-signal.js';

const ID = '0190b5a0-0000-7000-8000-000000000001';
const told = [ID, 'online', 1_700_000_000_000];

// Another program may send on the same channel: what it sends must not reach the board, on which every node is kept.
describe('A signal about presence', () => {
  for (const signal of [
    { kind: 'beat' },
    { kind: 'bye' },
    { kind: 'ask', of: null },
    { kind: 'ask', of: ID },
    { kind: 'changes', users: [told, [ID, 'away', 0], [ID, 'offline', 1]] },
    { kind: 'snapshot', begins: true, ends: false, users: [] },
  ])
    it(`is taken when it is whole: ${JSON.stringify(signal)}`, () =>
      expect(readPresenceSignal(signal)).to.equal(signal));

  for (const content of [
    undefined,
    null,
    'beat',
    [],
    {},
    { kind: 'constructor' },
    { kind: 'later' },
    { kind: ['beat'] },
    { kind: 'ask' },
    { kind: 'ask', of: 'everybody' },
    { kind: 'changes' },
    { kind: 'changes', users: told },
    { kind: 'changes', users: [null] },
    { kind: 'changes', users: [['ada', 'online', 1]] },
    { kind: 'changes', users: [[ID, 'busy', 1]] },
    { kind: 'changes', users: [[ID, 'online', 1.5]] },
    { kind: 'changes', users: [[ID, 'online', 9e15]] },
    { kind: 'changes', users: [[ID, 'online', null]] },
    { kind: 'snapshot', begins: true, users: [] },
    { kind: 'snapshot', ends: true, users: [] },
    { kind: 'snapshot', begins: true, ends: true },
  ])
    it(`is refused when it is ${JSON.stringify(content)}`, () =>
      expect(readPresenceSignal(content)).to.equal(undefined));

  it('is refused with more users than nodes send at a time', () => {
    const users = Array.from({ length: 81 }, () => told);
    expect(readPresenceSignal({ kind: 'changes', users })).to.equal(undefined);
    expect(readPresenceSignal({ kind: 'changes', users: users.slice(1) })).not.to.equal(undefined);
  });
});
