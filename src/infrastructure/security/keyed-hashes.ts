import { createHmac } from 'node:crypto';
import type { KeyedHashes } from '../../application/ports/keyed-hashes.js';
import { streamOf, type Hash } from '../../domain/kernel/ids.js';
import type { KeyRing } from './key-ring.js';

/** Writes a value as the same bytes, however its keys are ordered. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

export const createKeyedHashes = ({ claims, requests }: KeyRing): KeyedHashes => {
  const keyed = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  return {
    usernameStream: (usernameKey) => streamOf('username', keyed(claims, `username/${usernameKey}`)),
    emailStream: (emailKey) => streamOf('email', keyed(claims, `email/${emailKey}`)),
    requestStream: (actor, operation, idempotencyKey) =>
      streamOf('request', keyed(requests, `${actor ?? ''}/${operation}/${idempotencyKey}`)),
    fingerprint: (idempotencyKey, request) =>
      keyed(requests, `fingerprint/${canonical([idempotencyKey, request])}`) as Hash,
    limited: (limit, subject) => keyed(requests, `limit/${limit}/${subject}`) as Hash,
  };
};
