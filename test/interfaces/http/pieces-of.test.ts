import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { piecesOf } from '../../../src/interfaces/http/pieces-of.js';

const piece = (n: number, length = 10): Buffer => Buffer.alloc(length, n);

const streamOf = (...pieces: readonly Buffer[]): PassThrough => {
  const stream = new PassThrough({ highWaterMark: 1_000_000 });
  for (const each of pieces) stream.write(each);
  return stream;
};

describe('The pieces of a stream', () => {
  it('come one by one, as they were written, to the last', async () => {
    const written = [piece(1), piece(2, 5), piece(3, 70_000), piece(4)];
    const stream = streamOf(...written);
    stream.end();
    const read: Uint8Array[] = [];
    for await (const each of piecesOf(stream, 1_000_000)) read.push(each);
    expect(read).to.deep.equal(written);
  });

  it('wait for the reader: the stream stops while too much waits, and goes on once half of it is read', async () => {
    const stream = streamOf();
    const pieces = piecesOf(stream, 40);
    const first = pieces.next();
    stream.write(piece(0));
    await first;
    for (let n = 1; n < 5; n += 1) {
      stream.write(piece(n));
      await nextTurn();
      expect(stream.isPaused()).to.equal(n === 4);
    }
    for (const stillPaused of [true, true, false]) {
      await pieces.next();
      expect(stream.isPaused()).to.equal(stillPaused);
    }
    await pieces.return(undefined);
  });

  it('end with the error of the stream, and without what waits before it', async () => {
    const stream = streamOf(piece(1), piece(2));
    const pieces = piecesOf(stream, 1_000);
    expect((await pieces.next()).value).to.deep.equal(piece(1));
    stream.destroy(new Error('cut off'));
    await nextTurn();
    expect(await pieces.next().catch((error: unknown) => error)).to.have.property('message', 'cut off');
  });

  // An upload that was refused at once, before anybody read it, was answered never.
  it('end with an error that came before the first was asked for', async () => {
    const stream = streamOf(piece(1));
    stream.on('error', () => undefined);
    stream.destroy(new Error('refused'));
    await nextTurn();
    const outcome = await piecesOf(stream, 1_000)
      .next()
      .catch((error: unknown) => error);
    expect(outcome).to.have.property('message', 'refused');
  });

  it('are no more where the reader breaks off: the stream is destroyed', async () => {
    const stream = streamOf(piece(1), piece(2));
    for await (const each of piecesOf(stream, 1_000)) {
      expect(each).to.deep.equal(piece(1));
      break;
    }
    expect(stream.destroyed).to.equal(true);
  });
});
