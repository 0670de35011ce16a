import { expect } from 'chai';
import fc from 'fast-check';
import {
  concatBytes,
  EncodingFault,
  equalBytes,
  fromBase64,
  fromHex,
  textIn,
  toBase64,
  utf8,
} from '../../../src/domain/audit/bytes.js';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('bytes of the audit', () => {
  it('are those of UTF-8 for every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Buffer.from(utf8(text)).equals(bytes(text))).to.equal(true);
      }),
    );
    expect(Buffer.from(utf8('aä€😀')).equals(bytes('aä€😀'))).to.equal(true);
  });

  it('are not made of half a surrogate pair', () => {
    for (const text of ['\ud800', 'a\udfff', '\udc00\ud800']) expect(() => utf8(text)).to.throw(EncodingFault);
  });

  it('are read as the text whose UTF-8 they are, however long it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(3_000), (text, repeated) => {
        expect(textIn(bytes(text))).to.equal(text);
        const long = `${text}ä€😀`.repeat(repeated);
        expect(textIn(bytes(long)) === long).to.equal(true);
      }),
    );
    expect(textIn(bytes('\ufeffa'))).to.equal('\ufeffa');
  });

  it('are read as a text where they are UTF-8 alone, as every decoder does', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const read = (decode: () => string): string | undefined => {
      try {
        return decode();
      } catch {
        return undefined;
      }
    };
    const lead = fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xf8);
    const next = fc.constantFrom(0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0);
    fc.assert(
      fc.property(fc.uint8Array(), lead, fc.array(next, { maxLength: 4 }), (before, first, rest) => {
        for (const value of [before, Uint8Array.of(first, ...rest)])
          expect(read(() => textIn(value))).to.equal(read(() => strict.decode(value)));
      }),
      { numRuns: 2_000 },
    );
    expect(() => textIn(Uint8Array.of(0xff))).to.throw(EncodingFault);
  });

  it('are written in base64, and read from it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 10_000 }), (value) => {
        const text = Buffer.from(value).toString('base64');
        expect(toBase64(value)).to.equal(text);
        expect(equalBytes(fromBase64(text), value)).to.equal(true);
      }),
    );
  });

  it('are read from the one form of base64 alone', () => {
    const others = [
      'A',
      'AA',
      'AA=',
      'AAA',
      'AB==',
      'AAB=',
      'AA==AAAA',
      'AAAA====',
      'AA A',
      'AAAA\n',
      '_-AA',
      '====',
      'AA===',
    ];
    for (const text of others) expect(() => fromBase64(text), text).to.throw(EncodingFault);
  });

  it('are read from hex', () => {
    expect([...fromHex('00ff7f')]).to.deep.equal([0, 255, 127]);
    for (const text of ['0', '0g', 'FF', ' 00']) expect(() => fromHex(text), text).to.throw(EncodingFault);
  });

  it('are joined, and compared', () => {
    const joined = concatBytes([bytes('ab'), bytes(''), bytes('c')]);
    expect(equalBytes(joined, bytes('abc'))).to.equal(true);
    for (const other of ['ab', 'abd', 'abcd', '']) expect(equalBytes(joined, bytes(other)), other).to.equal(false);
  });
});
