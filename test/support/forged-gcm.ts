import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Encrypted } from '../../src/domain/audit/open-sealed.js';
import { infoOf, NONCE_BYTES, PIECE_LABEL, type SealedPlace } from '../../src/domain/audit/sealed-piece.js';
import { nodeSealCrypto } from './seal-crypto.js';

const BITS = 128n;
const REDUCTION = 0xe1n << 120n;
const ONE = 1n << 127n;

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const blockOf = (number: bigint): Buffer => Buffer.from(number.toString(16).padStart(32, '0'), 'hex');

/** Multiplies in the field of GHASH (NIST SP 800-38D, section 6.3). */
const times = (a: bigint, b: bigint): bigint => {
  let [product, shifted] = [0n, b];
  for (let bit = BITS - 1n; bit >= 0n; bit -= 1n) {
    if ((a >> bit) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ REDUCTION : shifted >> 1n;
  }
  return product;
};

/** Answers a^(2^128 - 2), which is 1 / a. */
const inverse = (a: bigint): bigint => {
  let [result, square] = [ONE, a];
  for (let bit = 1; bit < 128; bit += 1) {
    square = times(square, square);
    result = times(result, square);
  }
  return result;
};

const encryptBlock = (key: Buffer, block: Buffer): bigint => {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return numberOf(Buffer.concat([cipher.update(block), cipher.final()]));
};

/** What GCM makes of a key: the point at which GHASH is evaluated, and the mask of the tag. */
const secretsOf = (key: Buffer, nonce: Buffer) => ({
  point: encryptBlock(key, Buffer.alloc(16)),
  mask: encryptBlock(key, Buffer.concat([nonce, Buffer.from([0, 0, 0, 1])])),
});

/** Answers a ciphertext of one block, and the tag of it, that AES-256-GCM takes for right under both keys. */
const forge = (keys: readonly [Buffer, Buffer], nonce: Buffer): Pick<Encrypted, 'ciphertext' | 'tag'> => {
  const [one, other] = [secretsOf(keys[0], nonce), secretsOf(keys[1], nonce)];
  const length = 128n; // Of the ciphertext in bits; there is no associated data.
  const squares = times(one.point, one.point) ^ times(other.point, other.point);
  const wanted = times(length, one.point ^ other.point) ^ one.mask ^ other.mask;
  const block = times(wanted, inverse(squares));
  const hash = times(times(block, one.point) ^ length, one.point);
  return { ciphertext: blockOf(block), tag: blockOf(hash ^ one.mask) };
};

const derive = (eventKey: Buffer, place: SealedPlace) => {
  const expand = (...parts: (string | Buffer)[]): Buffer => {
    const mac = createHmac('sha256', eventKey);
    for (const part of parts) mac.update(part);
    return mac.digest();
  };
  const info = infoOf(PIECE_LABEL, place);
  const key = expand(`${info}\u0001`);
  return { key, commitment: expand(key, `${info}\u0002`) };
};

/**
 * Makes one ciphertext that the cipher opens with two keys, each to another text ("How to Abuse and Fix Authenticated
 * Encryption Without Key Commitment", Albertini and others, 2022), and the two sealed pieces that hold it.
 */
export const forgedForTwoKeys = (place: SealedPlace) => {
  const nonce = randomBytes(NONCE_BYTES);
  const eventKeys = [randomBytes(32), randomBytes(32)] as const;
  const [one, other] = [derive(eventKeys[0], place), derive(eventKeys[1], place)];
  const forged = forge([one.key, other.key], nonce);
  const pieceOf = (commitment: Buffer): string =>
    `2.${Buffer.concat([commitment, nonce, forged.ciphertext, forged.tag]).toString('base64url')}`;
  const sealedFor = [one, other].map(({ key }): Encrypted => ({ key, nonce, ...forged }));
  const texts = sealedFor.map((each) => Buffer.from(nodeSealCrypto.openAesGcm(each) ?? []).toString('latin1'));
  return { eventKeys, pieces: [pieceOf(one.commitment), pieceOf(other.commitment)] as const, texts, sealedFor };
};
