import { expect } from 'chai';
import { readTypingSignal } from '../../../src/application/typing/read-typing-signal.js';

const ID = '0190b5a0-0000-7000-8000-000000000001';
const signal = { conversationId: ID, userId: ID, active: true, mark: '12' };

describe('A signal about typing', () => {
  it('is taken when it is whole', () => expect(readTypingSignal(signal)).to.equal(signal));

  for (const content of [
    undefined,
    null,
    'typing',
    {},
    { ...signal, conversationId: 'engines' },
    { ...signal, userId: [ID] },
    { ...signal, active: 1 },
    { ...signal, mark: 12 },
    { ...signal, mark: '-1' },
    { ...signal, mark: '1'.repeat(21) },
  ])
    it(`is refused when it is ${JSON.stringify(content)}`, () => expect(readTypingSignal(content)).to.equal(undefined));
});
