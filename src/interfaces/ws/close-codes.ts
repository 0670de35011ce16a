/** The reasons why a socket is closed. */
export const closeCodes = {
  shuttingDown: 1001,
  tooBig: 1009,
  internalError: 1011,
  unavailable: 1013,
  malformed: 4400,
  unauthenticated: 4401,
  tokenExpired: 4401,
  authTimeout: 4408,
  tooSlow: 4409,
  tooManySockets: 4410,
  tooManyFrames: 4429,
} as const;

export type CloseReason = keyof typeof closeCodes;

/** The text that stands beside each code. */
export const closeReasons: Readonly<Record<CloseReason, string>> = {
  shuttingDown: 'the server is shutting down: connect again and resume',
  tooBig: 'a frame may have 64 KiB',
  internalError: 'something went wrong here',
  unavailable: 'cannot be served just now: connect again and resume',
  malformed: 'a frame is one JSON object in a text frame',
  unauthenticated: 'not authenticated, or the session has ended',
  tokenExpired: 'the token has expired: connect again with a newer one',
  authTimeout: 'no auth frame came in time',
  tooSlow: 'reads too slowly: connect again and resume',
  tooManySockets: 'one of too many sockets of a user: the oldest is closed',
  tooManyFrames: 'too many frames, sent on regardless of rate_limited',
};
