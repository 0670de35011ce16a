import { setTimeout as sleep } from 'node:timers/promises';
import { ContainerModule } from 'inversify';
import { createIdentifiers } from '../identifiers.js';
import { createAccessTokens } from '../security/access-tokens.js';
import { createAttemptLimits } from '../security/attempt-limits.js';
import { createKeyedHashes } from '../security/keyed-hashes.js';
import { createMediaLinks } from '../security/media-links.js';
import { createPasswords } from '../security/passwords.js';
import { refreshTokens } from '../security/refresh-tokens.js';
import { MemorySessionDenylist } from '../security/session-denylist.js';
import { sessionMemorySeconds } from '../security/session-memory.js';
import { createTickets } from '../security/tickets.js';
import { systemClock } from '../system-clock.js';
import { TOKENS } from './tokens.js';

/** Binds identities, passwords, tokens and limits. */
export const security = new ContainerModule(({ bind }) => {
  bind(TOKENS.Clock).toConstantValue(systemClock);
  bind(TOKENS.Identifiers).toResolvedValue(createIdentifiers).inSingletonScope();
  bind(TOKENS.KeyedHashes).toResolvedValue(createKeyedHashes, [TOKENS.KeyRing]).inSingletonScope();
  bind(TOKENS.Passwords)
    .toResolvedValue(
      (keys, config) => createPasswords(keys.passwords, config.BCRYPT_COST),
      [TOKENS.KeyRing, TOKENS.Config],
    )
    .inSingletonScope();
  bind(TOKENS.Tickets)
    .toResolvedValue((keys) => createTickets(keys.tickets), [TOKENS.KeyRing])
    .inSingletonScope();
  bind(TOKENS.AccessTokens)
    .toResolvedValue(
      (secrets, config) => createAccessTokens(secrets, config.ACCESS_TOKEN_TTL),
      [TOKENS.JwtSecrets, TOKENS.Config],
    )
    .inSingletonScope();
  bind(TOKENS.MediaLinks).toResolvedValue(createMediaLinks, [TOKENS.JwtSecrets, TOKENS.Clock]).inSingletonScope();
  bind(TOKENS.AttemptLimits)
    .toResolvedValue(
      (make, config) => createAttemptLimits({ make, scale: config.RATE_LIMIT_SCALE, pause: (ms) => sleep(ms) }),
      [TOKENS.MakeLimiter, TOKENS.Config],
    )
    .inSingletonScope();
  bind(TOKENS.SessionDenylist)
    .toResolvedValue((config) => new MemorySessionDenylist(sessionMemorySeconds(config)), [TOKENS.Config])
    .inSingletonScope();
  bind(TOKENS.Tokens)
    .toResolvedValue(
      (access, config) => ({ access, refresh: refreshTokens, refreshSeconds: config.REFRESH_TOKEN_TTL }),
      [TOKENS.AccessTokens, TOKENS.Config],
    )
    .inSingletonScope();
});
