import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { zip } from '../../../src/infrastructure/archive/zip.js';
import { eventually } from '../../support/eventually.js';
import { unzipped } from '../../support/unzipped.js';

const PIECE = Buffer.alloc(65_536, 'x');

describe('A ZIP', () => {
  async function* textsOf(...texts: string[]) {
    yield* texts;
  }
  /** Gives pieces for ever, and tells how many were taken, and when it was ended. */
  const endless = () => {
    const told = { pieces: 0, isEnded: false };
    async function* content() {
      try {
        for (;;) {
          told.pieces += 1;
          yield PIECE;
        }
      } finally {
        told.isEnded = true;
      }
    }
    return { told, content: content() };
  };

  it('holds each file', async () => {
    const files = [
      { name: 'one.txt', content: textsOf('o', 'ne') },
      { name: 'media/two', content: textsOf('two') },
    ];
    const found = await unzipped(await buffer(Readable.from(zip.pack(files))));
    expect([...found]).to.deep.equal([
      ['one.txt', 'one'],
      ['media/two', 'two'],
    ]);
  });

  it('ends the file that it reads, and begins no other, once its reader has left', async () => {
    const [first, second] = [endless(), endless()];
    const files = [first, second].map(({ content }, at) => ({ name: String(at), content }));
    const pieces = zip.pack(files)[Symbol.asyncIterator]();
    for (let n = 0; n < 5; n += 1) await pieces.next();
    await pieces.return?.();
    await eventually(
      async () => first.told.isEnded,
      (isEnded) => isEnded,
    );
    expect(second.told).to.deep.equal({ pieces: 0, isEnded: false });
  });

  it('cannot be opened where a file fails', async () => {
    async function* failing() {
      yield 'one';
      throw new Error('the file is gone');
    }
    const files = [
      { name: 'one.txt', content: textsOf('one') },
      { name: 'two.txt', content: failing() },
    ];
    const held: Uint8Array[] = [];
    let failure: unknown;
    try {
      for await (const piece of zip.pack(files)) held.push(piece);
    } catch (error) {
      failure = error;
    }
    expect(failure).to.be.instanceOf(Error);
    expect(await unzipped(Buffer.concat(held)).catch(() => 'refused')).to.equal('refused');
  });
});
