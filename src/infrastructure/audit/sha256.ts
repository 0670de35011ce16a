import { hash } from 'node:crypto';

/** SHA-256. Node answers it as a string of as many characters in half of the time that it takes for a buffer. */
export const sha256 = (bytes: Uint8Array): Buffer => Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
