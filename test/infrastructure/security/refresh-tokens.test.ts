import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { refreshTokens } from '../../../src/infrastructure/security/refresh-tokens.js';
import { sessionNumber } from '../../support/ids.js';

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
  const bad: Record<string, string> = {
    empty: '',
    'a word': 'token',
    'too long': `${token}AAAA`,
    'too short': token.slice(4),
    'without its first character': token.slice(1),
    'behind a blank': ` ${token}`,
    padded: `${token}=`,
    'spelled otherwise': spelledOtherwise,
  };
  for (const [fault, given] of Object.entries(bad))
    it(`are nothing else: ${fault}`, () => expect(refreshTokens.open(given)).to.equal(undefined));
});
