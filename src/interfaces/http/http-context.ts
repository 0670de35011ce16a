import type { AccessClaims, SessionClaims } from '../../application/ports/access-tokens.js';

/** The facts about a request that the middleware keeps. */
export interface RequestState {
  requestId: string;
  /** The caller's network address. */
  address: string;
  /** The user who calls; undefined before log-in. */
  claims?: SessionClaims & Partial<Pick<AccessClaims, 'expiresAt'>>;
  /** The path as it was declared, for logs and metrics: it holds no identifiers. */
  route?: string;
}
