import { emailClaim, usernameClaim } from '../../../src/domain/claims/decider.js';
import { fact } from '../../support/events.js';
import { ada, at, bob } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

describe('ClaimUsername', () => {
  const { given } = specOf(usernameClaim);
  const claim = (userId = ada) => ({ type: 'ClaimUsername', data: { userId, at: at(0) } }) as const;

  it('gives a free name to whoever asks', () => given().when(claim()).thenEvents(fact('UsernameClaimed')));
  it('changes nothing for its claimedBy', () => given(fact('UsernameClaimed')).when(claim()).thenNothing());
  it('is refused to anyone else', () => given(fact('UsernameClaimed')).when(claim(bob)).thenRejected('username_taken'));
  it('is given where the claimedBy has been erased', () =>
    given(fact('UsernameClaimed', { userId: null }))
      .when(claim(bob))
      .thenEvents(fact('UsernameClaimed', { userId: bob })));
});

describe('ClaimEmail', () => {
  const { given } = specOf(emailClaim);
  const claim = (userId = ada) => ({ type: 'ClaimEmail', data: { userId, at: at(0) } }) as const;

  it('gives a free address to whoever asks', () => given().when(claim()).thenEvents(fact('EmailClaimed')));
  it('changes nothing for its claimedBy', () => given(fact('EmailClaimed')).when(claim()).thenNothing());
  it('is refused to anyone else', () => given(fact('EmailClaimed')).when(claim(bob)).thenRejected('email_taken'));
  it('is given where the claimedBy has been erased', () =>
    given(fact('EmailClaimed', { userId: null }))
      .when(claim(bob))
      .thenEvents(fact('EmailClaimed', { userId: bob })));
});

describe('ReleaseUsername', () => {
  const { given } = specOf(usernameClaim);
  const release = (userId = ada) => ({ type: 'ReleaseUsername', data: { userId, at: at(900) } }) as const;
  const claimed = fact('UsernameClaimed');
  const released = fact('UsernameReleased');

  it('frees it for others', () => {
    given(claimed).when(release()).thenEvents(released);
    given(claimed, released)
      .when({ type: 'ClaimUsername', data: { userId: bob, at: at(0) } })
      .thenEvents(fact('UsernameClaimed', { userId: bob }));
  });
  it('changes nothing when somebody else holds it, or nobody', () => {
    given(claimed).when(release(bob)).thenNothing();
    given().when(release()).thenNothing();
  });
});

describe('ReleaseEmail', () => {
  const { given } = specOf(emailClaim);
  const release = (userId = ada) => ({ type: 'ReleaseEmail', data: { userId, at: at(900) } }) as const;
  const claimed = fact('EmailClaimed');
  const released = fact('EmailReleased');

  it('frees it for others', () => {
    given(claimed).when(release()).thenEvents(released);
    given(claimed, released)
      .when({ type: 'ClaimEmail', data: { userId: bob, at: at(0) } })
      .thenEvents(fact('EmailClaimed', { userId: bob }));
  });
  it('changes nothing when somebody else holds it, or nobody', () => {
    given(claimed).when(release(bob)).thenNothing();
    given().when(release()).thenNothing();
  });
});
