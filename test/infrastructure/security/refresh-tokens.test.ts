import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { refreshTokens } from '../../../src/infrastructure/security/refresh-tokens.js';
import { sessionNumber } from '../../support/people.js';

describe('Refresh tokens', () => {
  const sessionId = sessionNumber(1);

  it('open to their session and their hash', () => {
    const { token, tokenHash } = refreshTokens.issue(sessionId);
    expect(refreshTokens.open(token)).to.deep.equal({ sessionId, tokenHash });
    expect(tokenHash).to.equal(createHash('sha256').update(token).digest('base64url'));
  });

  it('are each another', () => {
    const made = Array.from({ length: 100 }, () => refreshTokens.issue(sessionId).tokenHash);
    expect(new Set(made)).to.have.property('size', 100);
  });

  it('have another hash with any byte changed', () => {
    const { token, tokenHash } = refreshTokens.issue(sessionId);
    const bytes = Buffer.from(token, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index]! ^= 1;
      expect(refreshTokens.open(changed.toString('base64url'))?.tokenHash, `byte ${index}`).to.not.equal(tokenHash);
    }
  });

  const { token } = refreshTokens.issue(sessionId);
  const spelledOtherwise = Buffer.from(token, 'base64url')
    .toString('base64')
    .replace(/[/+]|$/, '+');
  for (const bad of ['', 'token', `${token}A`, token.slice(1), ` ${token}`, `${token}=`, spelledOtherwise])
    it(`are nothing else: ${JSON.stringify(bad).slice(0, 24)}…`, () =>
      expect(refreshTokens.open(bad)).to.equal(undefined));
});
