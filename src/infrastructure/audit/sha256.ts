import { hash } from 'node:crypto';

/** SHA-256. Node answers it as hex in less than half of the time that it takes for a buffer. */
export const sha256 = (bytes: Uint8Array): Buffer => Buffer.from(hash('sha256', bytes, 'hex'), 'hex');
