import { expect } from 'chai';
import fc from 'fast-check';
import {
  concatBytes,
  EncodingFault,
  equalBytes,
  fromBase64,
  fromHex,
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

  it('are written in base64, and read from it', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (value) => {
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
