import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto';
import {
  COMMITMENT_BYTES,
  EVENT_KEY_LABEL,
  infoOf,
  NONCE_BYTES,
  PIECE_LABEL,
  PIECE_VERSION,
  TAG_BYTES,
  type SealedPlace,
} from '../../domain/audit/sealed-piece.js';
import { hmacSha256 } from './hmac-sha256.js';

const CIPHER = 'aes-256-gcm';

/**
 * Derives the key of one event from what was derived from its user's key (HKDF-Expand with SHA-256, RFC 5869): 32 bytes. It
 * says nothing about the user's key or the key of another event, and so can be disclosed.
 */
export const eventKeyOf = (root: Buffer, place: SealedPlace): Buffer =>
  hmacSha256(root, `${infoOf(EVENT_KEY_LABEL, place)}\u0001`);

/** Derives the key of the cipher and the commitment to it: HKDF-Expand to 64 bytes. */
const derive = (eventKey: Buffer, place: SealedPlace) => {
  const info = infoOf(PIECE_LABEL, place);
  const key = hmacSha256(eventKey, `${info}\u0001`);
  return { key, commitment: hmacSha256(eventKey, `${info}\u0002`, key) };
};

/** Seals a text with the key of its event. The nonce must be another one for another text. */
export const sealPiece = (eventKey: Buffer, nonce: Buffer, content: string, place: SealedPlace): string => {
  const { key, commitment } = derive(eventKey, place);
  const cipher = createCipheriv(CIPHER, key, nonce);
  const sealed = [commitment, nonce, cipher.update(content, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return PIECE_VERSION + Buffer.concat(sealed).toString('base64url');
};

/** Opens a sealed piece. Raises when it was changed, or sealed with another key or in another place. */
export const openPiece = (eventKey: Buffer, piece: string, place: SealedPlace): string => {
  const bytes = Buffer.from(piece.slice(PIECE_VERSION.length), 'base64url');
  const start = COMMITMENT_BYTES + NONCE_BYTES;
  const end = bytes.length - TAG_BYTES;
  if (end < start) throw new Error('a sealed piece is too short');
  const { key, commitment } = derive(eventKey, place);
  if (!timingSafeEqual(commitment, bytes.subarray(0, COMMITMENT_BYTES)))
    throw new Error('a piece was sealed with another key, or in another place');
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(COMMITMENT_BYTES, start));
  decipher.setAuthTag(bytes.subarray(end));
  const content = decipher.update(bytes.subarray(start, end));
  decipher.final(); // The last call adds nothing, and raises where the text was changed.
  return content.toString();
};
