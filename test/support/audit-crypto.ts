import { createHash, createPublicKey, verify } from 'node:crypto';
import type { AuditCrypto } from '../../src/domain/audit/open-checkpoint.js';

/** What an Ed25519 public key begins with in SPKI. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** The cryptography of Node, for the verifier. */
export const nodeCrypto: AuditCrypto = {
  sha256,
  verifyEd25519: (publicKey, message, signature) =>
    verify(
      null,
      message,
      createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' }),
      signature,
    ),
};
