import { concatBytes, EncodingFault, equalBytes, fromBase64, toBase64, toHex, utf8 } from './bytes.js';
import type { Sha256Of } from './merkle-tree.js';

/** A note is not one, or nobody who is trusted has signed it. */
export class NoteFault extends Error {
  override readonly name = 'NoteFault';
}

/** A signature under a note: who signed, by name and id of the key, and what. */
export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** A text and who signed it (C2SP `signed-note`). */
export interface SignedNote {
  /** It ends with a line break. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** The kinds of keys: for notes as they are, and for cosignatures of a witness, which bear a time. */
export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;
type KeyKind = typeof ED25519 | typeof COSIGNATURE;

/** A public key and whose it is. */
export interface NoteKey {
  readonly name: string;
  readonly kind: KeyKind;
  /** An Ed25519 key, 32 bytes. */
  readonly publicKey: Uint8Array;
}

const KEY_ID_BYTES = 4;
const KEY_BYTES = 32;
/** More signatures than a log, its keys and its witnesses have. */
const MAX_SIGNATURES = 64;
const NAME = /^[^\s+\p{Cc}]+$/u;
const VERIFIER_KEY = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/;
const LINE = /^\u2014 ([^\s+]+) (\S+)$/u;
// eslint-disable-next-line no-control-regex -- they are what a note may not hold
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/** Says whether a name may name a key: not empty, without spaces, control characters and plus. */
export const isKeyName = (name: string): boolean => NAME.test(name);

/** Answers the id of a key: the first 4 bytes of the SHA-256 of its name, its kind and itself. */
export const keyIdOf = (sha256: Sha256Of, { name, kind, publicKey }: NoteKey): Uint8Array =>
  sha256(concatBytes([utf8(`${name}\n`), Uint8Array.of(kind), publicKey])).slice(0, KEY_ID_BYTES);

/** Writes a public key as tools for notes take it: name, id and key, such as `example.com/log+530d903a+Aek…`. */
export const formatVerifierKey = (sha256: Sha256Of, key: NoteKey): string =>
  `${key.name}+${toHex(keyIdOf(sha256, key))}+${toBase64(concatBytes([Uint8Array.of(key.kind), key.publicKey]))}`;

const bytesOf = (text: string, what: string): Uint8Array => {
  try {
    return fromBase64(text);
  } catch (error) {
    if (error instanceof EncodingFault) throw new NoteFault(`${what}: ${error.message}`, { cause: error });
    throw error;
  }
};

const parseKeyMaterial = (encoded: string): Pick<NoteKey, 'kind' | 'publicKey'> => {
  const [kind, ...publicKey] = bytesOf(encoded, 'the key');
  if ((kind !== ED25519 && kind !== COSIGNATURE) || publicKey.length !== KEY_BYTES)
    throw new NoteFault('the key is no Ed25519 key');
  return { kind, publicKey: Uint8Array.from(publicKey) };
};

/** Reads a public key as `formatVerifierKey` writes it. Raises `NoteFault`. */
export const parseVerifierKey = (sha256: Sha256Of, text: string): NoteKey => {
  const [, name = '', id = '', encoded = ''] = VERIFIER_KEY.exec(text.trim()) ?? [];
  if (name === '') throw new NoteFault('a key is written as name+id+key');
  const key: NoteKey = { name, ...parseKeyMaterial(encoded) };
  if (toHex(keyIdOf(sha256, key)) !== id) throw new NoteFault('the id of the key does not belong to it');
  return key;
};

/** Writes a signature as a line of a note. */
export const formatSignature = ({ name, keyId, signature }: NoteSignature): string =>
  `\u2014 ${name} ${toBase64(concatBytes([keyId, signature]))}\n`;

export const formatNote = ({ text, signatures }: SignedNote): string =>
  `${text}\n${signatures.map(formatSignature).join('')}`;

const parseSignature = (line: string): NoteSignature => {
  const [, name, encoded] = LINE.exec(line) ?? [];
  if (name === undefined || encoded === undefined) throw new NoteFault('a line of the signatures is none');
  const bytes = bytesOf(encoded, 'a signature');
  if (bytes.length <= KEY_ID_BYTES) throw new NoteFault('a signature is too short');
  return { name, keyId: bytes.slice(0, KEY_ID_BYTES), signature: bytes.slice(KEY_ID_BYTES) };
};

/** Reads lines of signatures, as they stand under a note and in the answer of a witness. Raises `NoteFault`. */
export const parseSignatures = (lines: string): NoteSignature[] => {
  if (!lines.endsWith('\n')) throw new NoteFault('the last signature has no end');
  const signatures = lines.slice(0, -1).split('\n').map(parseSignature);
  if (signatures.length > MAX_SIGNATURES) throw new NoteFault(`more than ${MAX_SIGNATURES} have signed`);
  return signatures;
};

/** Reads a note. It does not say that a signature is right. Raises `NoteFault`. */
export const parseNote = (note: string): SignedNote => {
  if (CONTROL.test(note)) throw new NoteFault('the note holds control characters');
  const end = note.lastIndexOf('\n\n');
  if (end < 0) throw new NoteFault('the note has no signatures');
  return { text: note.slice(0, end + 1), signatures: parseSignatures(note.slice(end + 2)) };
};

/** Answers what a key has signed under a note; none where it has not. */
export const signaturesBy = (sha256: Sha256Of, { signatures }: SignedNote, key: NoteKey): NoteSignature[] => {
  const keyId = keyIdOf(sha256, key);
  return signatures.filter((each) => each.name === key.name && equalBytes(each.keyId, keyId));
};
