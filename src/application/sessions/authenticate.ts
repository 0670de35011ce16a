import { reject } from '../../domain/kernel/rejections.js';
import type { AccessClaims, AccessTokens } from '../ports/access-tokens.js';
import type { SessionGate } from '../ports/session-gate.js';

/** Answers the claims of an access token. Rejects a token that is not valid, or whose session has ended. */
export const authenticate =
  (tokens: AccessTokens, gate: SessionGate) =>
  (token: string): AccessClaims => {
    const claims = tokens.verify(token) ?? reject('unauthenticated');
    return gate.isOpen(claims) ? claims : reject('session_ended');
  };

export type Authenticate = ReturnType<typeof authenticate>;
