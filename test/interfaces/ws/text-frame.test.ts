import { expect } from 'chai';
import { textFrame } from '../../../src/interfaces/ws/text-frame.js';

/** Makes a content whose JSON has this many bytes. */
const contentOf = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });

// Clients may refuse a length that is written with more bytes than it needs.
describe('A text frame', () => {
  for (const [bytes, header] of [
    [125, '817d'],
    [126, '817e007e'],
    [65_535, '817effff'],
    [65_536, '817f0000000000010000'],
  ] as const)
    it(`of ${bytes} bytes says its length as shortly as it can`, () => {
      const content = contentOf(bytes);
      const frame = textFrame(content);
      expect(frame.subarray(0, -bytes).toString('hex')).to.equal(header);
      expect(frame.subarray(-bytes).toString()).to.equal(JSON.stringify(content));
    });

  it('counts bytes, not characters', () => {
    const content = { text: '語'.repeat(40) };
    expect(textFrame(content).toString('hex', 0, 4)).to.equal('817e0083');
    expect(JSON.parse(textFrame(content).toString('utf8', 4))).to.deep.equal(content);
  });
});
