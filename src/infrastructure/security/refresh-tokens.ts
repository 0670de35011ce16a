import { createHash, randomBytes } from 'node:crypto';
import type { RefreshTokens } from '../../application/ports/refresh-tokens.js';
import type { Hash, SessionId } from '../../domain/kernel/ids.js';
import { bytesToUuid, uuidToBytes } from './uuid-bytes.js';

const UUID_BYTES = 16;
const RANDOM_BYTES = 32;

const hashOf = (token: string): Hash => createHash('sha256').update(token).digest('base64url') as Hash;

/** Makes tokens of the session's id and 32 random bytes, in base64url. */
export const refreshTokens: RefreshTokens = {
  issue: (sessionId) => {
    const token = Buffer.concat([uuidToBytes(sessionId), randomBytes(RANDOM_BYTES)]).toString('base64url');
    return { token, tokenHash: hashOf(token) };
  },
  open: (token) => {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== UUID_BYTES + RANDOM_BYTES || bytes.toString('base64url') !== token) return undefined;
    return { sessionId: bytesToUuid(bytes.subarray(0, UUID_BYTES)) as SessionId, tokenHash: hashOf(token) };
  },
};
