import { createHmac } from 'node:crypto';
import type { BlindOf } from '../../application/ports/subject-indexes.js';
import type { KeyRing } from './key-ring.js';

/** Answers what keeps the leaves of a subject in an index from being tried by those who know the subject alone. */
export const createBlinds =
  ({ requests }: Pick<KeyRing, 'requests'>): BlindOf =>
  (begin, label) =>
    createHmac('sha256', requests).update(`subject/${begin}/`).update(label).digest();
