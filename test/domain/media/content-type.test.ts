import { expect } from 'chai';
import { contentTypeOf, isShownInPlace, SNIFFED_BYTES } from '../../../src/domain/media/content-type.js';

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('The type of a file', () => {
  const types: Record<string, readonly string[]> = {
    'image/jpeg': ['\xff\xd8\xff\xe0\0\x10JFIF\0'],
    'image/png': ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    'image/gif': ['GIF87a\x01\0', 'GIF89a\x01\0'],
    'image/webp': ['RIFF\x24\0\0\0WEBPVP8 '],
    'image/avif': ['\0\0\0\x1cftypavif\0\0\0\0'],
    'image/heic': ['\0\0\0\x18ftypheic\0\0\0\0', '\0\0\0\x18ftypmif1\0\0\0\0'],
    'image/tiff': ['II*\0\x08\0\0\0', 'MM\0*\0\0\0\x08'],
    'audio/wav': ['RIFF\x24\0\0\0WAVEfmt '],
    'audio/mpeg': ['ID3\x04\0\0', '\xff\xfb\x90\x64'],
    'video/mp4': ['\0\0\0\x20ftypisom\0\0\x02\0'],
    'video/webm': ['\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm'],
    'application/pdf': ['%PDF-1.7\n'],
    'application/zip': ['PK\x03\x04\x14\0'],
    'image/svg+xml': [
      '<svg xmlns="http://www.w3.org/2000/svg">',
      '\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<!DOCTYPE svg>\n<svg:svg>',
      '<?xml version="1.0"?><SVG onload="alert(1)">',
    ],
    'text/html': [
      '<!doctype html><title>x</title>',
      '  \n<html>',
      'some words, then <script>alert(1)</script>',
      '<!-- x --><BODY onload=alert(1)>',
      '<img src=x onerror=alert(1)>',
    ],
    'application/xml': ['<?xml version="1.0"?><feed/>', '<feed xmlns="x">'],
    'text/plain': ['plain words\r\n', 'a < b and b > c', 'Gr\xc3\xbc\xc3\x9fe'],
    'application/octet-stream': ['\0\x01\x02', 'words and \0', '\x7fELF\x02\x01\x01\0'],
  };
  for (const [type, files] of Object.entries(types))
    for (const file of files)
      it(`is ${type} for ${JSON.stringify(file.slice(0, 40))}`, () =>
        expect(contentTypeOf(latin1(file))).to.equal(type));

  it('is told by the first bytes alone', () => {
    const padded = latin1(`${' '.repeat(SNIFFED_BYTES)}<script>`);
    expect(contentTypeOf(padded)).to.equal('text/plain');
  });

  it('lets a browser show pictures, sound and film, and nothing that it could run', () => {
    for (const shown of ['image/png', 'audio/ogg', 'video/mp4']) expect(isShownInPlace(shown)).to.equal(true);
    for (const other of ['image/svg+xml', 'text/html', 'text/plain', 'application/xml', 'application/pdf'])
      expect(isShownInPlace(other)).to.equal(false);
  });
});
