import { expect } from 'chai';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { ERASED } from '../../../src/application/kernel/erased.js';
import { hash, instant, position, text, userId } from '../../../src/infrastructure/serialization/schemas/fields.js';
import { fact } from '../../support/events.js';
import { at, hashOf, userNumber } from '../../support/ids.js';

/** The log keeps these fields for ever, also those that were added by mistake. */
describe('The fields of stored events', () => {
  const id = userNumber(0xabc);
  const forms = {
    ids: { schema: userId, taken: [id], refused: [id.toUpperCase(), id.replaceAll('-', ''), id.replace('0', 'g')] },
    hashes: { schema: hash, taken: [hashOf('Az09_-')], refused: [hashOf('+'), hashOf('/')] },
    instants: {
      schema: instant,
      taken: [at(0), '9999-12-31T23:59:59.999Z'],
      refused: ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000+00:00', '2026-01-31 12:00:00.000Z'],
    },
    positions: {
      schema: position,
      taken: ['0', '7', '12345678901234567890'],
      refused: ['-1', '1.5', '0x1', '1'.repeat(21)],
    },
  };
  for (const [what, { schema, taken, refused }] of Object.entries(forms)) {
    it(`takes ${what} in their one form`, () => {
      for (const value of taken) expect(schema.safeParse(value).success, value).to.equal(true);
    });

    it(`takes no ${what} in any other form, and none with something around them`, () => {
      const surrounded = taken.flatMap((value) => [`x${value}`, `${value}x`, ` ${value}`, `${value}\n`]);
      for (const value of ['', ...refused, ...surrounded])
        expect(schema.safeParse(value).success, JSON.stringify(value)).to.equal(false);
    });
  }

  it('are texts of any kind that UTF-8 and PostgreSQL can hold, empty ones too', () => {
    expect(['', 'Grüße \ud83d\ude00'].map((value) => text.safeParse(value).success)).to.deep.equal([true, true]);
    const [issue] = text.safeParse('\ud83d').error?.issues ?? [];
    expect(issue?.message).to.equal('holds a lone surrogate or U+0000');
  });

  it('count epochs from the first that has ended everything, which a session may begin before', () => {
    const takes = (type: 'SessionsEnded' | 'SessionStarted' | 'SessionRefreshed', epoch: number): boolean =>
      chatEvents[type].schema.safeParse({ ...fact(type).data, epoch }).success;
    expect([0, 1, 2, 1.5].map((epoch) => takes('SessionsEnded', epoch))).to.deep.equal([false, true, true, false]);
    for (const type of ['SessionStarted', 'SessionRefreshed'] as const)
      expect([-1, 0, 2, 1.5].map((epoch) => takes(type, epoch))).to.deep.equal([false, true, true, false]);
  });

  it('of somebody who was erased say so in one word', () => expect(ERASED).to.equal('erased'));
});
