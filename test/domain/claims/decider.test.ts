import { emailClaim, usernameClaim } from '../../../src/domain/claims/decider.js';
import { fact } from '../../support/events.js';
import { ada, at, bob } from '../../support/people.js';
import { specOf } from '../../support/spec-of.js';

describe('ClaimUsername', () => {
  const { given } = specOf(usernameClaim);
  const claim = (userId = ada) => ({ type: 'ClaimUsername', data: { userId, at: at(0) } }) as const;

  it('gives a free name to whoever asks', () => given().when(claim()).thenEvents(fact('UsernameClaimed')));
  it('changes nothing for its holder', () => given(fact('UsernameClaimed')).when(claim()).thenNothing());
  it('is refused to anyone else', () => given(fact('UsernameClaimed')).when(claim(bob)).thenRejected('username_taken'));
});

describe('ClaimEmail', () => {
  const { given } = specOf(emailClaim);
  const claim = (userId = ada) => ({ type: 'ClaimEmail', data: { userId, at: at(0) } }) as const;

  it('gives a free address to whoever asks', () => given().when(claim()).thenEvents(fact('EmailClaimed')));
  it('changes nothing for its holder', () => given(fact('EmailClaimed')).when(claim()).thenNothing());
  it('is refused to anyone else', () => given(fact('EmailClaimed')).when(claim(bob)).thenRejected('email_taken'));
});
