import { createHash } from 'node:crypto';
import type { ContentHash } from '../../application/ports/content-hash.js';

/** Begins the SHA-256 of what comes piece by piece. */
export const startHash = (): ContentHash => {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
};
