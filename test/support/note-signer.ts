import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { concatBytes } from '../../src/domain/audit/bytes.js';
import { cosignedMessage } from '../../src/domain/audit/cosignature.js';
import {
  COSIGNATURE,
  ED25519,
  formatNote,
  keyIdOf,
  type NoteKey,
  type NoteSignature,
} from '../../src/domain/audit/signed-note.js';
import { sha256 } from './audit-crypto.js';

/** What an Ed25519 private key begins with in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const keyOfSeed = (seed: number): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' });

/** Somebody who signs notes: a log, or a witness. The seed makes the key. */
export const noteSigner = (name: string, seed: number, kind: NoteKey['kind'] = ED25519) => {
  const secret = keyOfSeed(seed);
  const publicKey = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
  const key: NoteKey = { name, kind, publicKey };
  const signed = (signature: Uint8Array): NoteSignature => ({ name, keyId: keyIdOf(sha256, key), signature });
  return {
    key,
    sign: (text: string) => signed(sign(null, Buffer.from(text), secret)),
    /** Signs as a witness, at a time in seconds since the epoch. */
    cosign: (text: string, time: number) => {
      const stamp = Buffer.alloc(8);
      stamp.writeBigUInt64BE(BigInt(time));
      return signed(concatBytes([stamp, sign(null, cosignedMessage(text, time), secret)]));
    },
  };
};

export const witness = (name: string, seed: number) => noteSigner(name, seed, COSIGNATURE);

/** A note with signatures under it. */
export const noteOf = (text: string, ...signatures: readonly NoteSignature[]): string =>
  formatNote({ text, signatures });
