import { isTakenImage } from './images.js';

/** The number of bytes from the start of a file that its type is told by. */
export const SNIFFED_BYTES = 4_096;

/** The type of a file of which nothing is known. */
const UNKNOWN = 'application/octet-stream';

/** The bytes at an offset of every file of a type, one character a byte. The first type that fits counts. */
const SIGNATURES: readonly (readonly [offset: number, bytes: string, type: string])[] = [
  [0, '\xff\xd8\xff', 'image/jpeg'],
  [0, '\x89PNG\r\n\x1a\n', 'image/png'],
  [0, 'GIF87a', 'image/gif'],
  [0, 'GIF89a', 'image/gif'],
  [8, 'WEBP', 'image/webp'],
  [8, 'WAVE', 'audio/wav'],
  [8, 'AVI ', 'video/x-msvideo'],
  [4, 'ftypavif', 'image/avif'],
  [4, 'ftypavis', 'image/avif'],
  [4, 'ftyphei', 'image/heic'],
  [4, 'ftyphev', 'image/heic'],
  [4, 'ftypmif1', 'image/heic'],
  [4, 'ftypmsf1', 'image/heic'],
  [4, 'ftypM4A', 'audio/mp4'],
  [4, 'ftypqt', 'video/quicktime'],
  [4, 'ftyp', 'video/mp4'],
  [0, 'II*\0', 'image/tiff'],
  [0, 'MM\0*', 'image/tiff'],
  [0, '\xff\x0a', 'image/jxl'],
  [4, 'JXL ', 'image/jxl'],
  [4, 'jP  ', 'image/jp2'],
  [0, 'OggS', 'audio/ogg'],
  [0, 'fLaC', 'audio/flac'],
  [0, 'ID3', 'audio/mpeg'],
  [0, '\xff\xfb', 'audio/mpeg'],
  [0, '\xff\xf3', 'audio/mpeg'],
  [0, '\xff\xf2', 'audio/mpeg'],
  [0, '%PDF-', 'application/pdf'],
  [0, 'PK\x03\x04', 'application/zip'],
  [0, 'PK\x05\x06', 'application/zip'],
  [0, '\x1f\x8b', 'application/gzip'],
  [0, "7z\xbc\xaf'\x1c", 'application/x-7z-compressed'],
  [0, 'Rar!\x1a\x07', 'application/vnd.rar'],
];

const EBML = '\x1a\x45\xdf\xa3';
/** No text has these bytes. */
// eslint-disable-next-line no-control-regex -- a file is text because it has none of these
const NO_TEXT = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;
/** A document may begin with this before its first element. */
const PROLOGUE = /^(?:\xef\xbb\xbf)?(?:\s|<\?[^>]*\?>|<!--[^]*?-->|<!doctype[^>]*>)*/i;

const typeOfText = (text: string): string => {
  if (/<svg[\s>/:]/i.test(text)) return 'image/svg+xml';
  if (/<!doctype html|<(html|head|body|script|iframe|style|meta|link|title|table|div|a|img|p|h1)[\s>/]/i.test(text))
    return 'text/html';
  return /^<\?xml/i.test(text.replace(/^\xef\xbb\xbf/, '').trimStart()) || /^<[a-z]/i.test(text.replace(PROLOGUE, ''))
    ? 'application/xml'
    : 'text/plain';
};

/** Answers the type of a file by its first bytes, whatever it is called. Text that a browser could run is told apart. */
export const contentTypeOf = (head: Uint8Array): string => {
  const text = String.fromCharCode(...head.subarray(0, SNIFFED_BYTES));
  const found = SIGNATURES.find(([offset, bytes]) => text.startsWith(bytes, offset));
  if (found) return found[2];
  if (text.startsWith(EBML)) return text.includes('webm') ? 'video/webm' : 'video/x-matroska';
  return NO_TEXT.test(text) ? UNKNOWN : typeOfText(text);
};

/** The types, beside those of images, that a browser shows in their place and never runs. Every other file is only downloaded. */
const PLAYED = new Set([
  ...['audio/mpeg', 'audio/mp4', 'audio/ogg', 'audio/flac', 'audio/wav'],
  ...['video/mp4', 'video/webm', 'video/quicktime'],
]);

/** Says whether a browser may show a file of this type in its place. */
export const isShownInPlace = (contentType: string): boolean => isTakenImage(contentType) || PLAYED.has(contentType);
