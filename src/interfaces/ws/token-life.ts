import type { AccessClaims } from '../../application/ports/access-tokens.js';
import type { SessionDenylist } from '../../application/ports/session-denylist.js';
import type { UseCases } from '../../application/use-cases.js';
import { InterfaceRefusal } from '../failure.js';
import { clientFrames } from './commands.js';
import type { Connection } from './connection.js';
import { authExpiring, authRenewed } from './frames/auth-frames.js';
import type { RawFrame } from './protocol.js';

/** A client is warned so long before its token expires. */
const WARNING_MS = 60_000;

/** A live socket goes on where it is: it has nothing to resume. */
const renewal = clientFrames.auth.omit({ resumeAfter: true });

export interface TokenLifeParts {
  readonly useCases: Pick<UseCases, 'authenticate'>;
  readonly denylist: Pick<SessionDenylist, 'allows'>;
  readonly now: () => number;
}

const lifeOf = ({ sessionId, expiresAt }: AccessClaims) => ({
  sessionId,
  expiresAt: new Date(expiresAt * 1_000).toISOString(),
});

/** Knows how long a socket may live: as long as its token, which a newer one of the same session replaces, and its session. */
export class TokenLife {
  readonly #parts: TokenLifeParts;
  /** The expiry of which each client was warned. */
  readonly #warned = new WeakMap<Connection, number>();

  constructor(parts: TokenLifeParts) {
    this.#parts = parts;
  }

  isOpen(claims: AccessClaims): boolean {
    return !this.#hasExpired(claims) && this.#parts.denylist.allows(claims);
  }

  #hasExpired({ expiresAt }: AccessClaims): boolean {
    return expiresAt * 1_000 <= this.#parts.now();
  }

  /** Replaces the token of a socket by a newer one. An older one changes nothing. Rejects `unauthenticated`, `session_ended`. */
  renew(raw: RawFrame, connection: Connection, current: AccessClaims): object {
    const { token } = renewal.parse(raw);
    const given = this.#parts.useCases.authenticate(token);
    if (given.userId !== current.userId || given.sessionId !== current.sessionId)
      throw new InterfaceRefusal('other_session');
    const claims = given.expiresAt > current.expiresAt ? given : current;
    connection.authenticate(claims);
    return authRenewed.of(lifeOf(claims));
  }

  /** Closes a socket whose time is over, and warns one whose token expires soon. It is to be called every second or so. */
  check(connection: Connection): void {
    const { claims } = connection;
    if (!claims || connection.isClosed) return;
    if (!this.#parts.denylist.allows(claims)) {
      connection.send({ type: 'session.ended', sessionId: claims.sessionId });
      connection.close('unauthenticated');
    } else if (this.#hasExpired(claims)) connection.close('tokenExpired');
    else this.#warn(connection, claims);
  }

  #warn(connection: Connection, claims: AccessClaims): void {
    const isSoon = claims.expiresAt * 1_000 - this.#parts.now() <= WARNING_MS;
    if (!isSoon || connection.isHeld || this.#warned.get(connection) === claims.expiresAt) return;
    this.#warned.set(connection, claims.expiresAt);
    connection.send(authExpiring.of(lifeOf(claims)));
  }
}
