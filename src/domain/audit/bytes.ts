/** A text is not what was to be decoded: base64, or UTF-8. */
export class EncodingFault extends Error {
  override readonly name = 'EncodingFault';
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map(Array.from(ALPHABET, (character, value) => [character, value]));
const CANONICAL_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const FIRST_BEYOND_ASCII = 0x80;

export const concatBytes = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
};

/** Answers the bytes of a character beyond ASCII, given as its code point. */
const bytesOfCharacter = (point: number): number[] => {
  const last = 0x80 | (point & 0x3f);
  if (point < 0x800) return [0xc0 | (point >> 6), last];
  const middle = 0x80 | ((point >> 6) & 0x3f);
  if (point < 0x10000) return [0xe0 | (point >> 12), middle, last];
  return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f), middle, last];
};

const encodeUnicode = (text: string): Uint8Array => {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point >= 0xd800 && point <= 0xdfff) throw new EncodingFault('the text holds half a surrogate pair');
    if (point < FIRST_BEYOND_ASCII) bytes.push(point);
    else bytes.push(...bytesOfCharacter(point));
  }
  return Uint8Array.from(bytes);
};

/** Encodes a text in UTF-8. Raises `EncodingFault` for half a surrogate pair, which has no bytes. */
export const utf8 = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= FIRST_BEYOND_ASCII) return encodeUnicode(text);
    bytes[at] = code;
  }
  return bytes;
};

/** Encodes bytes in base64 (RFC 4648, section 4), with padding. */
export const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const group = (first << 16) | (second << 8) | third;
    const characters = [18, 12, 6, 0].map((shift) => ALPHABET[(group >> shift) & 63]).join('');
    const missing = Math.max(0, at + 3 - bytes.length);
    text += characters.slice(0, 4 - missing) + '='.repeat(missing);
  }
  return text;
};

/**
 * Decodes base64 (RFC 4648, section 4). Raises `EncodingFault` unless it is the one form that `toBase64` writes of these
 * bytes: with its padding, without spaces, the unused bits 0.
 */
export const fromBase64 = (text: string): Uint8Array => {
  if (!CANONICAL_BASE64.test(text)) throw new EncodingFault('the text is not base64');
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  const bytes = new Uint8Array((text.length / 4) * 3);
  for (let at = 0; at < text.length; at += 4) {
    const group = [...text.slice(at, at + 4)].reduce((sum, character) => (sum << 6) | (VALUES.get(character) ?? 0), 0);
    bytes.set([(group >> 16) & 0xff, (group >> 8) & 0xff, group & 0xff], (at / 4) * 3);
  }
  const decoded = bytes.slice(0, bytes.length - padding);
  if (toBase64(decoded) !== text) throw new EncodingFault('the base64 has bits that are not used');
  return decoded;
};

/** The value of a hexadecimal digit by its character code, and what no digit has. */
const NO_DIGIT = 0xff;
const DIGITS = new Uint8Array(FIRST_BEYOND_ASCII).fill(NO_DIGIT);
for (const [value, digit] of Array.from('0123456789abcdef').entries()) DIGITS[digit.charCodeAt(0)] = value;

/** Answers the value of a hexadecimal digit from its character code. Raises `EncodingFault`. */
export const hexDigitOf = (code: number): number => {
  const digit = DIGITS[code] ?? NO_DIGIT; // a half of a byte that is missing has no code, and is none either
  if (digit === NO_DIGIT) throw new EncodingFault('the text is not lower-case hex');
  return digit;
};

/** Answers the bytes that are written in hex. Raises `EncodingFault`. */
export const fromHex = (text: string): Uint8Array => {
  const bytes = new Uint8Array(Math.ceil(text.length / 2));
  for (let at = 0; at < text.length; at += 2)
    bytes[at / 2] = (hexDigitOf(text.charCodeAt(at)) << 4) | hexDigitOf(text.charCodeAt(at + 1));
  return bytes;
};

/** Writes bytes in lower-case hex. */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Decodes UTF-8. Raises `EncodingFault` where it is none. */
export const textIn = (bytes: Uint8Array): string => {
  try {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  } catch (error) {
    if (error instanceof URIError) throw new EncodingFault('the bytes are not UTF-8', { cause: error });
    throw error;
  }
};
