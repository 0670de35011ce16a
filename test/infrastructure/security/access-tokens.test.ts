import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Instant } from '../../../src/domain/kernel/ids.js';
import { createAccessTokens } from '../../../src/infrastructure/security/access-tokens.js';
import { ada, sessionNumber } from '../../support/people.js';

const LIFETIME = 900;
const secret = randomBytes(32).toString('hex');
const tokens = createAccessTokens(secret, LIFETIME);
const subject = { userId: ada, sessionId: sessionNumber(1), epoch: 3, roles: [] };

const secondsFromNow = (seconds: number): Instant => new Date(Date.now() + seconds * 1_000).toISOString() as Instant;
const encode = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');

describe('Access tokens', () => {
  const { token, expiresIn } = tokens.issue(subject, secondsFromNow(0));
  const payload = jwt.decode(token) as jwt.JwtPayload;

  /** The library signs nothing that is faulty. */
  const signed = (changes: object, key = secret, alg = 'HS256'): string => {
    const head = `${encode({ alg, typ: 'JWT' })}.${encode({ ...payload, ...changes })}`;
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

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const unsigned = `${encode({ alg: 'none', typ: 'JWT' })}.${encode(payload)}.`;
  const refused: Record<string, string> = {
    expired: tokens.issue(subject, secondsFromNow(-LIFETIME - 1)).token,
    'without an end': signed({ exp: undefined }),
    // Far ahead: what is made here is looked at when the tests of other files are through.
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
    'with another payload': token.replace(/\.[^.]+\./, `.${encode({ ...payload, sub: 'somebody' })}.`),
    'with its end cut off': token.slice(0, -1),
    'without a session': signed({ sid: undefined }),
    'with an epoch that is no number': signed({ epo: '3' }),
    empty: '',
    'of two parts': 'a.b',
  };
  for (const [fault, bad] of Object.entries(refused))
    it(`are refused: ${fault}`, () => expect(tokens.verify(bad)).to.equal(undefined));

  it('hold no more than ids: no name, no address', () => {
    expect(Object.keys(payload).sort()).to.deep.equal(
      ['aud', 'epo', 'exp', 'iat', 'iss', 'jti', 'roles', 'sid', 'sub'].sort(),
    );
  });
});
