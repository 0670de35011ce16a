import { expect } from 'chai';
import type { UserCommands } from '../../../src/domain/users/commands.js';
import { user } from '../../../src/domain/users/decider.js';
import { fold } from '../../../src/domain/kernel/decider.js';
import { fact } from '../../support/events.js';
import { ada, at, hashOf, sessionNumber, ticketNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const { given } = specOf(user);

const registered = fact('UserRegistered');
const requested = fact('EmailVerificationRequested');
const verified = fact('EmailVerified');
const ticket = { ticketId: ticketNumber(1), tokenHash: hashOf('ticket'), expiresAt: at(86_400) };
const newTicket = { ticketId: ticketNumber(2), tokenHash: hashOf('another'), expiresAt: at(90_000) };
const requestedAnew = fact('EmailVerificationRequested', { ...newTicket, requestedAt: at(3_600) });

describe('RegisterUser', () => {
  const { registeredAt, ...user } = registered.data;
  const register = { type: 'RegisterUser', data: { ...user, ticket, at: registeredAt } } as const;

  it('registers a user and asks for the address to be verified', () =>
    given().when(register).thenEvents(registered, requested));
  it('changes nothing for one who is registered', () => given(registered, requested).when(register).thenNothing());
});

describe('RequestEmailVerification', () => {
  const request = {
    type: 'RequestEmailVerification',
    data: { userId: ada, ticket: newTicket, at: at(3_600) },
  } as const;

  it('makes a new ticket, each time it is asked for', () =>
    given(registered, requested).when(request).repeated('decides again').thenEvents(requestedAnew));
  it('changes nothing once the address is verified', () =>
    given(registered, requested, verified).when(request).thenNothing());
  it('is refused for one who is not registered', () => given().when(request).thenRejected('user_not_found'));
});

describe('VerifyEmail', () => {
  const verify = (changes: Partial<UserCommands['VerifyEmail']> = {}) =>
    ({
      type: 'VerifyEmail',
      data: { userId: ada, ticketId: ticket.ticketId, tokenHash: ticket.tokenHash, at: at(60), ...changes },
    }) as const;

  it('verifies the address and spends the ticket', () =>
    given(registered, requested).when(verify()).repeated('token_invalid').thenEvents(verified));
  it('takes the ticket up to its last millisecond', () =>
    given(registered, requested)
      .when(verify({ at: at(86_399.999) }))
      .repeated('token_invalid')
      .thenEvents(fact('EmailVerified', { verifiedAt: at(86_399.999) })));
  it('is refused from the moment the ticket expires', () =>
    given(registered, requested)
      .when(verify({ at: at(86_400) }))
      .thenRejected('token_expired'));
  it('is refused with another token', () =>
    given(registered, requested)
      .when(verify({ tokenHash: hashOf('guessed') }))
      .thenRejected('token_invalid'));
  it('is refused with another ticket', () =>
    given(registered, requested)
      .when(verify({ ticketId: ticketNumber(9) }))
      .thenRejected('token_invalid'));
  it('is refused with a ticket that a newer one has replaced', () =>
    given(registered, requested, requestedAnew).when(verify()).thenRejected('token_invalid'));
  it('takes the newer one', () =>
    given(registered, requested, requestedAnew)
      .when(verify({ ticketId: newTicket.ticketId, tokenHash: newTicket.tokenHash }))
      .repeated('token_invalid')
      .thenEvents(fact('EmailVerified', { ticketId: newTicket.ticketId })));
  it('is refused when no ticket was asked for', () => given(registered).when(verify()).thenRejected('token_invalid'));
  it('is refused for one who is not registered', () => given().when(verify()).thenRejected('token_invalid'));
});

describe('EndSessions', () => {
  const end = (exceptSessionId = null as UserCommands['EndSessions']['exceptSessionId']) =>
    ({ type: 'EndSessions', data: { userId: ada, exceptSessionId, at: at(600) } }) as const;

  it('ends all that began until now, each time anew: others may have begun since', () =>
    given(registered).when(end()).repeated('decides again').thenEvents(fact('SessionsEnded')));
  it('may leave the session it was asked in', () =>
    given(registered)
      .when(end(sessionNumber(1)))
      .repeated('decides again')
      .thenEvents(fact('SessionsEnded', { exceptSessionId: sessionNumber(1) })));
  it('is refused for one who is not registered', () => given().when(end()).thenRejected('user_not_found'));
});

describe('the state of a user', () => {
  it('counts how often all sessions were ended, and keeps the last exception', () => {
    const facts = [
      registered,
      fact('SessionsEnded', { exceptSessionId: sessionNumber(1) }),
      fact('SessionsEnded', { epoch: 2 }),
    ];
    expect(fold(user, facts.slice(0, 2))).to.include({ sessionEpoch: 1, exceptSessionId: sessionNumber(1) });
    expect(fold(user, facts)).to.include({ sessionEpoch: 2, exceptSessionId: null });
  });
  it('is verified only by an EmailVerified', () => {
    expect(fold(user, [registered, requested])).to.include({ emailVerified: false });
    expect(fold(user, [registered, requested, verified])).to.include({ emailVerified: true, verification: null });
  });
});
