import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { AuditCrypto } from '../../domain/audit/open-checkpoint.js';
import { sha256 } from './sha256.js';

/** The number of bytes that a key is made of. */
export const SEED_BYTES = 32;

/** What a private key begins with in PKCS #8, and a public one in SPKI. The bytes of the key follow (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export interface Ed25519Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

export const signerOf = (seed: Buffer): Ed25519Signer => {
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
  return { publicKey, sign: (message) => sign(null, message, secret) };
};

/** The cryptography that verifiers are given. */
export const auditCrypto: AuditCrypto = {
  sha256,
  verifyEd25519: (publicKey, message, signature) => {
    const key = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  },
};
