import { createHmac } from 'node:crypto';
import bcrypt from 'bcrypt';
import type { Passwords } from '../../application/ports/passwords.js';

/** bcrypt on the thread pool. It reads 72 bytes, so the password goes through a keyed hash first. */
export const createPasswords = async (key: Buffer, cost: number): Promise<Passwords> => {
  const digest = (password: string): string =>
    createHmac('sha256', key).update(password.normalize('NFC')).digest('base64');
  // Compared with where there is no such user, so that the answer takes as long.
  const nobody = await bcrypt.hash(digest(''), cost);
  return {
    hash: (password) => bcrypt.hash(digest(password), cost),
    matches: async (password, hash) => (await bcrypt.compare(digest(password), hash ?? nobody)) && hash !== null,
  };
};
