import { createDecipheriv } from 'node:crypto';
import type { Encrypted } from '../../domain/audit/open-sealed.js';

/** Opens what AES-256-GCM sealed without associated data; undefined where the tag is not right. */
export const openAesGcm = ({ key, nonce, ciphertext, tag }: Encrypted): Uint8Array | undefined => {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAuthTag(tag);
  const plain = decipher.update(ciphertext);
  try {
    decipher.final();
    return plain;
  } catch {
    return undefined; // It is the one failure that the last call has.
  }
};
