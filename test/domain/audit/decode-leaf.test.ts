import { expect } from 'chai';
import { decodeLeaf } from '../../../src/domain/audit/decode-leaf.js';
import { EncodingFault } from '../../../src/domain/audit/bytes.js';
import { encodeLeaf } from '../../../src/domain/audit/leaf.js';
import { sha256 } from '../../support/audit-crypto.js';

const EVENT = {
  position: '18446744073709551615',
  streamId: 'message-ä日',
  revision: 9_007_199_254_740_991,
  eventId: '01900000-0004-7000-8000-00000000000a',
  type: 'MessageSent',
  schemaVersion: 3,
  data: Buffer.from('data'),
  metadata: Buffer.from('metadata'),
};

describe('the bytes of a leaf', () => {
  const leaf = encodeLeaf(sha256, EVENT);

  it('say what is bound of the event', () => {
    const { data, metadata, ...bound } = EVENT;
    const { dataHash, metadataHash, ...decoded } = decodeLeaf(leaf);
    expect(decoded).to.deep.equal(bound);
    expect([dataHash, metadataHash].map((hash) => Buffer.from(hash))).to.deep.equal([sha256(data), sha256(metadata)]);
  });

  it('are refused where they are cut, continued, or of another version', () => {
    for (let length = 0; length < leaf.length; length += 1)
      expect(() => decodeLeaf(leaf.subarray(0, length)), String(length)).to.throw(RangeError);
    expect(() => decodeLeaf(Buffer.concat([leaf, Buffer.from([0])]))).to.throw(RangeError, 'too long');
    const other = Buffer.from(leaf);
    other[15] = 0x32;
    expect(() => decodeLeaf(other)).to.throw(RangeError, 'version');
  });

  it('are refused where a text is not UTF-8', () => {
    const other = Buffer.from(leaf);
    other[leaf.length - 1] = 0xff;
    expect(() => decodeLeaf(other)).to.throw(EncodingFault);
  });
});
