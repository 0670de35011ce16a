import { createHmac } from 'node:crypto';
import bcrypt from 'bcrypt';
import { availableParallelism } from 'node:os';
import { PasswordsOverloadedError, type Passwords } from '../../application/ports/passwords.js';
import { BoundedWork, type WorkBounds } from '../bounded-work.js';

/** Node has four threads for slow work. One stays free: files and names are looked up there too. */
const THREADS = 3;
const USUAL_COST = 12;
/** This is about five seconds of work at the usual cost, on a machine that hashes two at a time. */
const MAY_WAIT_AT_USUAL_COST = 40;
const MAY_WAIT_AT_LEAST = 8;
/** Behind a salt of bcrypt, it has the form of a hash: 184 bits in its base64, all zero. No password is known for it. */
const NO_HASH = '.'.repeat(31);

/** Answers how many may wait: as many as are done within seconds. Each step of the cost doubles the time of one. */
export const boundsOf = (cost: number, processors = availableParallelism()): WorkBounds => ({
  atOnce: Math.min(THREADS, processors),
  mayWait: Math.max(MAY_WAIT_AT_LEAST, Math.round(MAY_WAIT_AT_USUAL_COST * 2 ** (USUAL_COST - cost))),
});

/**
 * Hashes passwords by bcrypt on the thread pool. It reads 72 bytes, so the password goes through a keyed hash first. Work
 * under way is bounded: a flood of log-ins is refused, and does not make everybody else wait without end.
 */
export const createPasswords = async (
  key: Buffer,
  cost: number,
  bounds: WorkBounds = boundsOf(cost),
): Promise<Passwords> => {
  const bounded = new BoundedWork(bounds, () => new PasswordsOverloadedError('too many passwords wait to be hashed'));
  const digest = (password: string): string =>
    createHmac('sha256', key).update(password.normalize('NFC')).digest('base64');
  // A password is compared with this one where there is no such user, so that the answer takes as long. To hash one for it would
  // delay each start of the server and each command of the tool.
  const nobody = (await bcrypt.genSalt(cost)) + NO_HASH;
  return {
    hash: (password) => bounded.run(() => bcrypt.hash(digest(password), cost)),
    matches: async (password, hash) =>
      (await bounded.run(() => bcrypt.compare(digest(password), hash ?? nobody))) && hash !== null,
  };
};
