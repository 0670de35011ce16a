import type { Tokens } from '../../src/interfaces/client/wire.js';

const DAY_SECONDS = 86_400;

/** What a client signs in with that has nothing but an access token: it lasts as long as the client is needed. */
export const tokensOf = ({
  userId,
  accessToken,
}: {
  readonly userId: string;
  readonly accessToken: string;
}): Tokens => ({
  tokenType: 'Bearer',
  accessToken,
  expiresIn: DAY_SECONDS,
  refreshExpiresIn: DAY_SECONDS,
  sessionId: userId,
  user: { userId, username: userId, displayName: userId },
});
