import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { GetScene } from '../../support/signed-up.js';
import { call, expectProblem } from '../../support/call.js';
import { connect } from '../../support/socket.js';
import type { GetTarget } from '../../support/target.js';

type Claims = Record<string, unknown>;

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const withoutClaim = (claims: Claims, name: string): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

/** Takes a real token apart, and makes it anew with the real key, so that it is refused for the change alone. */
const forge = (token: string, secret: string) => {
  const { header, payload, signature } = jwt.decode(token, { complete: true }) as jwt.Jwt;
  const claims = payload as Claims;
  const { iat, exp } = claims as { iat: number; exp: number };
  const [head = '', body = ''] = token.split('.');
  const signed = (changes: Claims, changedHeader: object = {}, key = secret) => {
    const input = `${base64url({ ...header, ...changedHeader })}.${base64url({ ...claims, ...changes })}`;
    return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
  };
  const without = (name: string) =>
    jwt.sign(withoutClaim(claims, name), secret, { algorithm: 'HS256', header, noTimestamp: true });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    unchanged: signed({}),
    bad: {
      expired: signed({ iat: iat - 900_000, exp: iat - 800_000 }),
      'not valid yet': signed({ nbf: exp }),
      'signed with another key': signed({}, {}, 'another key, which is long enough to be one'),
      'signed with an empty key': signed({}, {}, ''),
      'for another audience': signed({ aud: 'another-service' }),
      'from another issuer': signed({ iss: 'another-service' }),
      'for another user, its signature kept': `${head}.${base64url({ ...claims, sub: '01900000-0000-7000-8000-0000000000ff' })}.${signature}`,
      'with roles of its own making': `${head}.${base64url({ ...claims, roles: ['auditor'] })}.${signature}`,
      'of the algorithm none': `${base64url({ ...header, alg: 'none' })}.${body}.`,
      'of the algorithm None, its signature kept': `${base64url({ ...header, alg: 'None' })}.${body}.${signature}`,
      'signed as HS512': jwt.sign(claims, secret, { algorithm: 'HS512' }),
      'signed as RS256': jwt.sign(claims, privateKey, { algorithm: 'RS256' }),
      'without an end': without('exp'),
      'without a subject': without('sub'),
      'without a session': without('sid'),
      'without an audience': without('aud'),
      'with an object for its subject': signed({ sub: { $ne: null } }),
      'without its signature': `${head}.${body}.`,
      'in two parts': `${head}.${body}`,
      'that is no token': 'abc',
      'of 8,000 characters': 'a'.repeat(8_000),
    } as Record<string, string>,
  };
};

const KINDS = [
  'expired',
  'not valid yet',
  'signed with another key',
  'signed with an empty key',
  'for another audience',
  'from another issuer',
  'for another user, its signature kept',
  'with roles of its own making',
  'of the algorithm none',
  'of the algorithm None, its signature kept',
  'signed as HS512',
  'signed as RS256',
  'without an end',
  'without a subject',
  'without a session',
  'without an audience',
  'with an object for its subject',
  'without its signature',
  'in two parts',
  'that is no token',
  'of 8,000 characters',
] as const;

export const describeBadTokens = (target: GetTarget, scene: GetScene): void => {
  const forged = () => forge(scene().ada.accessToken, target().jwtSecret);
  const badToken = (kind: string): string => {
    const token = forged().bad[kind];
    if (token === undefined) throw new Error(`no such token: ${kind}`);
    return token;
  };

  describe('an access token', () => {
    it('is accepted when it is made like ours: the others are refused for what is wrong with them', async () => {
      const { status, text } = await call(target(), 'GET', '/user/v1/me', { token: forged().unchanged });
      expect(status, text).to.equal(200);
    });

    for (const kind of KINDS)
      it(`${kind} is refused by HTTP and WebSocket`, async () => {
        const token = badToken(kind);
        expectProblem(await call(target(), 'GET', '/user/v1/me', { token }), 401, 'unauthenticated');
        const byFrame = await connect(target());
        byFrame.send({ type: 'auth', token });
        expect(await byFrame.closed).to.equal(4401);
      });

    it('is refused in any other scheme, and not looked for in the query', async () => {
      const { accessToken } = scene().ada;
      for (const authorization of [accessToken, `Basic ${accessToken}`, 'Bearer', 'Bearer ', `Bearer ${accessToken} x`])
        expectProblem(
          await call(target(), 'GET', '/user/v1/me', { headers: { authorization } }),
          401,
          'unauthenticated',
        );
      expectProblem(await call(target(), 'GET', `/user/v1/me?access_token=${accessToken}`), 401, 'unauthenticated');
    });

    it('is no refresh token, nor the other way round', async () => {
      const { accessToken, refreshToken } = scene().ada;
      const refreshed = await call(target(), 'POST', '/user/v1/refresh-token', { json: { refreshToken: accessToken } });
      expectProblem(refreshed, 401, 'refresh_token_invalid');
      const asAccess = await call(target(), 'GET', '/user/v1/me', { token: refreshToken });
      expectProblem(asAccess, 401, 'unauthenticated');
    });
  });
};
