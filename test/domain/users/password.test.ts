import { expect } from 'chai';
import { fold } from '../../../src/domain/kernel/decider.js';
import type { UserCommands } from '../../../src/domain/users/commands.js';
import { user } from '../../../src/domain/users/decider.js';
import { fact } from '../../support/events.js';
import { ada, at, hashOf, sessionNumber, ticketNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const { given } = specOf(user);

const registered = fact('UserRegistered');
const verified = fact('EmailVerified');
const requested = fact('PasswordResetRequested');
const { ticketId, tokenHash, expiresAt } = requested.data;
const changed = fact('PasswordChanged');
const { passwordHash } = changed.data;

describe('ChangePassword', () => {
  const change = (currentHash = registered.data.passwordHash, keepSessionId = sessionNumber(1)) =>
    ({ type: 'ChangePassword', data: { userId: ada, currentHash, passwordHash, keepSessionId, at: at(500) } }) as const;
  const ended = (epoch = 1) => fact('SessionsEnded', { epoch, exceptSessionId: sessionNumber(1), endedAt: at(500) });

  it('sets the password and ends every session but the one it was asked in', () =>
    given(registered, verified).when(change()).repeated('invalid_credentials').thenEvents(changed, ended()));
  it('is refused when the password has been changed since it was checked', () =>
    given(registered, verified, changed).when(change()).thenRejected('invalid_credentials'));
  it('goes on from the epoch that was reached', () =>
    given(registered, fact('SessionsEnded'))
      .when(change())
      .repeated('invalid_credentials')
      .thenEvents(changed, ended(2)));
  it('is refused for one who is not registered, or was erased', () => {
    given().when(change()).thenRejected('user_not_found');
    given(registered, fact('UserErased')).when(change()).thenRejected('user_not_found');
  });
});

describe('RequestPasswordReset', () => {
  const request = {
    type: 'RequestPasswordReset',
    data: { userId: ada, ticket: { ticketId, tokenHash, expiresAt }, at: at(0) },
  } as const;

  it('makes a ticket each time it is asked for', () =>
    given(registered).when(request).repeated('decides again').thenEvents(requested));
  it('is refused for one who is not registered', () => given().when(request).thenRejected('user_not_found'));
});

describe('ResetPassword', () => {
  const reset = (changes: Partial<UserCommands['ResetPassword']> = {}) =>
    ({
      type: 'ResetPassword',
      data: { userId: ada, ticketId, tokenHash, passwordHash, at: at(500), ...changes },
    }) as const;
  const set = fact('PasswordChanged', { ticketId });
  const ended = fact('SessionsEnded', { endedAt: at(500) });

  it('sets the password, spends the ticket and ends every session', () =>
    given(registered, verified, requested).when(reset()).repeated('token_invalid').thenEvents(set, ended));
  it('verifies the address too: the link came by its mailbox', () =>
    given(registered, requested)
      .when(reset())
      .repeated('token_invalid')
      .thenEvents(set, ended, fact('EmailVerified', { ticketId, verifiedAt: at(500) })));
  it('is refused once the ticket is over', () =>
    given(registered, requested)
      .when(reset({ at: expiresAt }))
      .thenRejected('token_expired'));
  it('is refused with another token or ticket', () => {
    given(registered, requested)
      .when(reset({ tokenHash: hashOf('guessed') }))
      .thenRejected('token_invalid');
    given(registered, requested)
      .when(reset({ ticketId: ticketNumber(9) }))
      .thenRejected('token_invalid');
  });
  it('does not take the ticket of a verification', () => {
    const of = fact('EmailVerificationRequested').data;
    given(registered, fact('EmailVerificationRequested'))
      .when(reset({ ticketId: of.ticketId, tokenHash: of.tokenHash }))
      .thenRejected('token_invalid');
  });
  it('is refused once the password was changed in another way', () =>
    given(registered, requested, changed).when(reset()).thenRejected('token_invalid'));
  it('is refused for one who was erased', () =>
    given(registered, requested, fact('UserErased')).when(reset()).thenRejected('token_invalid'));
});

describe('the password of a user', () => {
  it('is the one that was set last', () => {
    expect(fold(user, [registered])).to.include({ passwordHash: registered.data.passwordHash });
    expect(fold(user, [registered, changed])).to.include({ passwordHash, passwordReset: null });
  });
});
