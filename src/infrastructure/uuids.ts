import { hash, randomFillSync } from 'node:crypto';
import { parse, v7 } from 'uuid';

const BYTES = 16;
/** Random numbers are drawn for so many identifiers at a time: each draw of 16 bytes by itself takes 3 of 4 µs. */
const DRAWN = 256;

/** Makes UUIDs of version 7, which ascend within one millisecond too. */
export const createUuidV7 = (now: () => number = Date.now): (() => string) => {
  const pool = Buffer.alloc(DRAWN * BYTES);
  let at = pool.length;
  let msecs = 0;
  let seq = 0;
  const draw = (): Buffer => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += BYTES;
    return pool.subarray(at - BYTES, at);
  };
  return () => {
    const random = draw();
    const time = now();
    if (time > msecs) {
      msecs = time;
      seq = random.readUInt32BE(6) >>> 1; // Half of the range is left: more than are made while a clock is behind.
    } else seq += 1;
    return v7({ random, msecs, seq });
  };
};

const variantOf = (digit: string): string => ((Number.parseInt(digit, 16) & 0b0011) | 0b1000).toString(16);

/**
 * Makes the UUID of version 5 of a name in a namespace (RFC 9562): a part of the SHA-1 of both. By one call of the hash it takes
 * 1.3 µs, of 5.6 that the library takes for the same.
 */
export const createUuidV5 = (namespace: string): ((name: string) => string) => {
  const bytes = Buffer.from(parse(namespace));
  return (name) => {
    const hex = hash('sha1', Buffer.concat([bytes, Buffer.from(name)]), 'hex');
    const variant = variantOf(hex.charAt(16));
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
};
