import { concatBytes, EncodingFault, equalBytes, fromBase64, textIn, utf8 } from './bytes.js';
import { hmacSha256 } from './hmac.js';
import type { Sha256Of } from './merkle-tree.js';
import {
  COMMITMENT_BYTES,
  EVENT_KEY_BYTES,
  infoOf,
  NONCE_BYTES,
  PIECE_LABEL,
  PIECE_VERSION,
  TAG_BYTES,
  type SealedPlace,
} from './sealed-piece.js';

/** What is sealed is no sealed piece, or this key is not the one that it was sealed with. */
export class SealFault extends Error {
  override readonly name = 'SealFault';
}

/** The parts of what AES-256-GCM made, without associated data. */
export interface Encrypted {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** What cryptography opens a sealed piece, given by who calls. */
export interface SealCrypto {
  readonly sha256: Sha256Of;
  /** Answers the plain bytes; undefined where the tag is not right. */
  readonly openAesGcm: (encrypted: Encrypted) => Uint8Array | undefined;
}

const bytesOfBase64Url = (text: string): Uint8Array => {
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
  return fromBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, '='));
};

const bytesOf = (piece: string): Uint8Array => {
  if (!piece.startsWith(PIECE_VERSION) || /[+/=]/.test(piece))
    throw new SealFault('it is no sealed piece of version 2');
  try {
    return bytesOfBase64Url(piece.slice(PIECE_VERSION.length));
  } catch (error) {
    if (error instanceof EncodingFault) throw new SealFault(error.message, { cause: error });
    throw error;
  }
};

const sealedText = (bytes: Uint8Array): string => {
  try {
    return textIn(bytes);
  } catch (error) {
    if (error instanceof EncodingFault) throw new SealFault('what was sealed is no text', { cause: error });
    throw error;
  }
};

/** Derives the key of the cipher and the commitment from an event's key (HKDF-Expand with SHA-256, RFC 5869, 64 bytes). */
const derive = (sha256: Sha256Of, eventKey: Uint8Array, place: SealedPlace) => {
  const info = utf8(infoOf(PIECE_LABEL, place));
  const key = hmacSha256(sha256, eventKey, concatBytes([info, Uint8Array.of(1)]));
  return { key, commitment: hmacSha256(sha256, eventKey, concatBytes([key, info, Uint8Array.of(2)])) };
};

/**
 * Opens what was sealed in one event with that event's key. No other key opens the piece, and it holds one text only: the
 * key's commitment stands in it (docs/decisions/0058). Raises `SealFault`.
 */
export const openSealed = (crypto: SealCrypto, piece: string, eventKey: Uint8Array, place: SealedPlace): string => {
  const bytes = bytesOf(piece);
  const start = COMMITMENT_BYTES + NONCE_BYTES;
  const end = bytes.length - TAG_BYTES;
  if (end < start) throw new SealFault('the sealed piece is too short');
  if (eventKey.length !== EVENT_KEY_BYTES) throw new SealFault('the key of an event has 32 bytes');
  const { key, commitment } = derive(crypto.sha256, eventKey, place);
  if (!equalBytes(commitment, bytes.subarray(0, COMMITMENT_BYTES)))
    throw new SealFault('the piece was sealed with another key, or in another place');
  const nonce = bytes.subarray(COMMITMENT_BYTES, start);
  const plain = crypto.openAesGcm({ key, nonce, ciphertext: bytes.subarray(start, end), tag: bytes.subarray(end) });
  if (!plain) throw new SealFault('what is sealed was changed');
  return sealedText(plain);
};
