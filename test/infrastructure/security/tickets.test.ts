import { expect } from 'chai';
import { createHash, randomBytes } from 'node:crypto';
import { createTickets } from '../../../src/infrastructure/security/tickets.js';
import { ada, bob, ticketNumber } from '../../support/ids.js';

describe('Tickets', () => {
  const tickets = createTickets(randomBytes(32));
  const ticketId = ticketNumber(1);
  const token = tickets.tokenOf('verify-email', ada, ticketId);

  it('open to whose they are and what for', () => {
    expect(tickets.open('verify-email', token)).to.deep.equal({ userId: ada, ticketId });
  });

  it('can be derived again, the same', () => {
    expect(tickets.tokenOf('verify-email', ada, ticketId)).to.equal(token);
  });

  it('differ by user and by ticket', () => {
    expect(tickets.tokenOf('verify-email', bob, ticketId)).to.not.equal(token);
    expect(tickets.tokenOf('verify-email', ada, ticketNumber(2))).to.not.equal(token);
  });

  it('are void with any bit of any byte changed', () => {
    const bytes = Buffer.from(token, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(tickets.open('verify-email', changed.toString('base64url')), `bit ${bit}`).to.equal(undefined);
    }
  });

  it('are void when made with another key', () => {
    expect(createTickets(randomBytes(32)).open('verify-email', token)).to.equal(undefined);
  });

  it('are void for another purpose', () => {
    expect(tickets.open('reset-password' as never, token)).to.equal(undefined);
  });

  const bad: Record<string, string> = {
    empty: '',
    'a word': 'token',
    'too long': `${token}AAAA`,
    'too short': token.slice(4),
    'without its last character': token.slice(0, -1),
    'without its first characters': token.slice(2),
    'with a character more': `${token}A`,
    padded: `${token}=`,
    'behind a blank': ` ${token}`,
  };
  for (const [fault, given] of Object.entries(bad))
    it(`are nothing else: ${fault}`, () => expect(tickets.open('verify-email', given)).to.equal(undefined));

  it('are hashed as a whole', () => {
    const { hashOf } = createTickets(randomBytes(32));
    expect(hashOf(token)).to.equal(createHash('sha256').update(token).digest('base64url'));
  });
});
