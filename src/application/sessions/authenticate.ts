import { reject } from '../../domain/kernel/rejections.js';
import type { AccessClaims, AccessTokens } from '../ports/access-tokens.js';
import type { SessionDenylist } from '../ports/session-denylist.js';

/** Answers the claims of an access token. Rejects a token that is not valid, or whose session has ended. */
export const authenticate =
  (tokens: AccessTokens, denylist: SessionDenylist) =>
  (token: string): AccessClaims => {
    const claims = tokens.verify(token) ?? reject('unauthenticated');
    return denylist.allows(claims) ? claims : reject('session_ended');
  };

export type Authenticate = ReturnType<typeof authenticate>;
