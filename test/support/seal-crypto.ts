import { createDecipheriv } from 'node:crypto';
import type { SealCrypto } from '../../src/domain/audit/open-sealed.js';
import { sha256 } from './audit-crypto.js';

/** The cryptography of Node that opens what is sealed. */
export const nodeSealCrypto: SealCrypto = {
  sha256,
  openAesGcm: ({ key, nonce, ciphertext, tag }) => {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAuthTag(tag);
    const plain = decipher.update(ciphertext);
    try {
      decipher.final();
      return plain;
    } catch {
      return undefined;
    }
  },
};
