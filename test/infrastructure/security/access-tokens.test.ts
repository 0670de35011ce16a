import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Instant } from '../../../src/domain/kernel/ids.js';
import { createAccessTokens } from '../../../src/infrastructure/security/access-tokens.js';
import { ada, sessionNumber } from '../../support/ids.js';

const LIFETIME = 900;
const secret = randomBytes(32).toString('hex');
const tokens = createAccessTokens([secret], LIFETIME);
const subject = { userId: ada, sessionId: sessionNumber(1), epoch: 3, roles: [] };

const secondsFromNow = (seconds: number): Instant => new Date(Date.now() + seconds * 1_000).toISOString() as Instant;
const encode = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');

describe('Access tokens', () => {
  const { token, expiresIn } = tokens.issue(subject, secondsFromNow(0));
  const { payload, header } = jwt.decode(token, { complete: true }) as {
    payload: jwt.JwtPayload;
    header: jwt.JwtHeader;
  };

  /** Signs a token by hand, because the library signs no faulty ones. */
  const signed = (changes: object, key = secret, alg = 'HS256'): string => {
    const head = `${encode({ ...header, alg })}.${encode({ ...payload, ...changes })}`;
    const digest = createHmac(alg.replace('HS', 'sha'), key).update(head).digest('base64url');
    return `${head}.${digest}`;
  };

  it('say who holds them, until when', () => {
    expect(expiresIn).to.equal(LIFETIME);
    expect(tokens.verify(token)).to.deep.equal({ ...subject, expiresAt: payload.exp });
    expect(payload.exp! - payload.iat!).to.equal(LIFETIME);
  });

  it('are each another', () => {
    expect(tokens.issue(subject, secondsFromNow(0)).token).to.not.equal(token);
  });

  it('are taken when signed again with the same claims and key: what follows is refused for its one fault', () => {
    expect(tokens.verify(signed({}))).to.deep.equal({ ...subject, expiresAt: payload.exp });
  });

  // With a shorter life the denylist remembers ended sessions for that time only: tokens of ended sessions that had
  // been issued for longer worked again.
  it('live no longer than is configured now, however long they were issued for', () => {
    const lasting = createAccessTokens([secret], 24 * LIFETIME);
    const issuedBefore = (seconds: number) => lasting.issue(subject, secondsFromNow(-seconds)).token;
    expect(lasting.verify(issuedBefore(2 * LIFETIME))).to.deep.include(subject);
    expect(tokens.verify(issuedBefore(2 * LIFETIME))).to.equal(undefined);
    expect(tokens.verify(issuedBefore(LIFETIME))).to.equal(undefined);
    const young = issuedBefore(LIFETIME / 2);
    const { iat } = jwt.decode(young) as jwt.JwtPayload;
    expect(tokens.verify(young)).to.deep.equal({ ...subject, expiresAt: iat! + LIFETIME });
  });

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const unsigned = `${encode({ alg: 'none', typ: 'JWT' })}.${encode(payload)}.`;
  const refused: Record<string, string> = {
    expired: tokens.issue(subject, secondsFromNow(-LIFETIME - 1)).token,
    'without an end': signed({ exp: undefined }),
    'without a beginning': signed({ iat: undefined }),
    // The time is far ahead, because this token is checked after the tests of other files have run.
    'not valid yet': signed({ nbf: Math.floor(Date.now() / 1_000) + 86_400 }),
    'of another audience': signed({ aud: 'others' }),
    'of no audience': signed({ aud: undefined }),
    'of another issuer': signed({ iss: 'others' }),
    'of no issuer': signed({ iss: undefined }),
    'of another key': signed({}, randomBytes(32).toString('hex')),
    'of the empty key': signed({}, ''),
    unsigned,
    'unsigned, in another case': `${encode({ alg: 'None' })}.${encode(payload)}.`,
    'signed with a longer algorithm': signed({}, secret, 'HS512'),
    'signed with a key pair': jwt.sign(payload, privateKey, { algorithm: 'RS256' }),
    'without the name of its key': jwt.sign(payload, secret, { algorithm: 'HS256' }),
    'naming a key there is not': jwt.sign(payload, secret, { algorithm: 'HS256', keyid: 'another' }),
    'with another payload': token.replace(/\.[^.]+\./, `.${encode({ ...payload, sub: 'somebody' })}.`),
    'with its end cut off': token.slice(0, -1),
    'without a session': signed({ sid: undefined }),
    'with an epoch that is no number': signed({ epo: '3' }),
    empty: '',
    'of two parts': 'a.b',
  };
  for (const [fault, bad] of Object.entries(refused))
    it(`are refused: ${fault}`, () => expect(tokens.verify(bad)).to.equal(undefined));

  describe('while secrets are changed', () => {
    const [newSecret, otherSecret] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')] as const;
    const changing = createAccessTokens([newSecret, secret], LIFETIME);
    const changed = createAccessTokens([newSecret], LIFETIME);
    const other = createAccessTokens([otherSecret], LIFETIME);

    it('are accepted of both, and issued with the new one', () => {
      expect(changing.verify(token)).to.deep.equal({ ...subject, expiresAt: payload.exp });
      const renewed = changing.issue(subject, secondsFromNow(0)).token;
      expect(changing.verify(renewed)).to.deep.include(subject);
      expect(changed.verify(renewed)).to.deep.include(subject);
      expect(tokens.verify(renewed)).to.equal(undefined);
    });

    it('are refused of the old one once it is gone, and of one that never was', () => {
      expect(changed.verify(token)).to.equal(undefined);
      expect(changing.verify(other.issue(subject, secondsFromNow(0)).token)).to.equal(undefined);
    });
  });

  it('hold no more than ids: no name, no address', () => {
    expect(Object.keys(payload).sort()).to.deep.equal(
      ['aud', 'epo', 'exp', 'iat', 'iss', 'jti', 'roles', 'sid', 'sub'].sort(),
    );
  });
});
