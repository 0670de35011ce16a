import { expect } from 'chai';
import { fold } from '../../../src/domain/kernel/decider.js';
import { request } from '../../../src/domain/requests/decider.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, hashOf } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

describe('AcceptRequest', () => {
  const { given } = specOf(request);
  const accepted = fact('RequestAccepted');
  const accept = (body = 'body', userId = ada) =>
    ({ type: 'AcceptRequest', data: { userId, fingerprint: hashOf(body), answer: { userId }, at: at(0) } }) as const;

  it('keeps what the request was answered', () => given().when(accept()).thenEvents(accepted));
  it('stands from then on for what was asked and answered', () => {
    const { fingerprint, answer } = accepted.data;
    expect(fold(request, [accepted])).to.deep.equal({ status: 'accepted', fingerprint, answer });
  });
  it('changes nothing for the same request, whatever the second answer would be', () =>
    given(accepted).when(accept('body', bob)).thenNothing());
  it('is refused for another request under the same key', () =>
    given(accepted).when(accept('other')).thenRejected('idempotency_conflict'));
  it('changes nothing where the first fingerprint is not known any more', () =>
    given(fact('RequestAccepted', { userId: null, fingerprint: null }))
      .when(accept('other'))
      .thenNothing());
});
