import { createHmac, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { hmacSha256 as pure } from '../../../src/domain/audit/hmac.js';
import { hmacSha256 } from '../../../src/infrastructure/security/hmac-sha256.js';
import { sha256 } from '../../support/audit-crypto.js';

describe('HMAC-SHA-256', () => {
  // RFC 4231, test case 2.
  it('is that of the RFC', () => {
    const mac = hmacSha256(Buffer.from('Jefe'), 'what do ya want for nothing?');
    expect(mac.toString('hex')).to.equal('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  const lengths = [64, 32, 0, 1, 63, 65];
  const texts = ['a', 'ä', '本', '\u0001', '👩🏽‍🚀'].flatMap((character) =>
    [5_000, 0, 1, 100, 1_354, 1_355, 1_365, 1_366].map((size) => character.repeat(size)),
  );
  const cases = lengths.flatMap((length) =>
    texts.flatMap((text) => [0, 32].map((before) => ({ key: randomBytes(length), text, bytes: randomBytes(before) }))),
  );
  const ofNode = ({ key, text, bytes }: (typeof cases)[number]): Buffer =>
    createHmac('sha256', key).update(bytes).update(text).digest();

  it('is that of Node for keys and messages of every length, one after another', () => {
    const wrong = cases.filter((each) => !hmacSha256(each.key, each.text, each.bytes).equals(ofNode(each)));
    expect(wrong).to.deep.equal([]);
  });

  it('is that of Node as a verifier computes it', () => {
    const short = cases.filter(({ key }) => key.length <= 64);
    const wrong = short.filter(
      (each) => !ofNode(each).equals(pure(sha256, each.key, Buffer.concat([each.bytes, Buffer.from(each.text)]))),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('is not computed by a verifier for a key that has to be hashed first', () =>
    expect(() => pure(sha256, new Uint8Array(65), new Uint8Array())).to.throw(RangeError));
});
