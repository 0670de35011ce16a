import { concatBytes } from './bytes.js';
import type { Sha256Of } from './merkle-tree.js';

const BLOCK_BYTES = 64;
const INNER = 0x36;
const OUTER = 0x5c;

const padded = (key: Uint8Array, pad: number): Uint8Array =>
  Uint8Array.from({ length: BLOCK_BYTES }, (_, at) => (key[at] ?? 0) ^ pad);

/** Answers the HMAC-SHA-256 (RFC 2104) of a message. Raises `RangeError` for a key of more than 64 bytes. */
export const hmacSha256 = (sha256: Sha256Of, key: Uint8Array, message: Uint8Array): Uint8Array => {
  if (key.length > BLOCK_BYTES) throw new RangeError('a key of HMAC has at most 64 bytes here');
  const inner = sha256(concatBytes([padded(key, INNER), message]));
  return sha256(concatBytes([padded(key, OUTER), inner]));
};
