import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { textFrame } from '../../../src/interfaces/ws/text-frame.js';
import { captureConnection, type CapturedConnection } from '../../support/captured-connection.js';
import { ada, positionOf } from '../../support/ids.js';

const MEBIBYTE = 1024 * 1024;
const PIECE = 128 * 1024;
const LITTLE = textFrame({ type: 'little' });

describe('What is written to a connection', () => {
  let captured: CapturedConnection;
  let counted: number[];
  beforeEach(() => {
    captured = captureConnection(ada);
    counted = [];
    captured.connection.onFrames = (count) => counted.push(count);
  });

  const frameOf = (bytes: number) => Buffer.alloc(bytes, 'x');
  const write = (...frames: Buffer[]) => {
    for (const frame of frames) captured.connection.write(frame);
  };
  const writtenBytes = () => captured.written.map(({ length }) => length);

  it('goes out together at the end of the turn, and counts', async () => {
    write(LITTLE, LITTLE);
    expect(captured.written).to.deep.equal([]);
    await nextTurn();
    expect(captured.written).to.deep.equal([Buffer.concat([LITTLE, LITTLE])]);
    captured.connection.flush();
    expect([captured.written.length, counted]).to.deep.equal([1, [2]]);
  });

  it('is not copied where it is one frame', async () => {
    write(LITTLE);
    await nextTurn();
    expect(captured.written[0]).to.equal(LITTLE);
  });

  it('may wait at the line for a mebibyte, and no longer', () => {
    captured.stall();
    for (const bytes of [MEBIBYTE, 1, 1]) {
      write(frameOf(bytes));
      captured.connection.flush();
    }
    expect(writtenBytes()).to.deep.equal([MEBIBYTE]);
    expect(captured.connection.isClosed).to.equal(true);
    expect(captured.said).to.deep.equal(['resume', 'close 4409']);
    expect(counted).to.deep.equal([1, 1]);
  });

  it('may wait behind a resume for a mebibyte, and no longer', () => {
    const { connection, said } = captured;
    connection.hold(positionOf(1));
    connection.push(frameOf(MEBIBYTE), positionOf(2));
    expect(connection.isClosed).to.equal(false);
    connection.push(frameOf(1), positionOf(3));
    expect([connection.isClosed, said]).to.deep.equal([true, ['resume', 'close 4409']]);
  });

  it('is nothing when a resume ends that held nothing', () => {
    captured.connection.release(positionOf(5));
    expect(captured.frames()).to.deep.equal([]);
    expect(captured.connection.servedUpTo(positionOf(1))).to.equal('5');
  });

  it('is nothing once it has closed, but for what came before; it gets the reason once', async () => {
    const { connection, said, frames } = captured;
    write(LITTLE);
    connection.close('malformed');
    connection.close('shuttingDown');
    write(LITTLE);
    await nextTurn();
    expect(frames()).to.deep.equal([{ type: 'little' }]);
    expect(said).to.deep.equal(['resume', 'close 4400']);
  });

  it('is nothing more when it reads too slowly, whatever else it is closed for', async () => {
    captured.stall();
    write(frameOf(MEBIBYTE + 1));
    await nextTurn();
    write(LITTLE);
    captured.connection.close('shuttingDown');
    expect(captured.said).to.deep.equal(['resume', 'close 4409']);
    const slow = captureConnection(ada);
    slow.connection.write(LITTLE);
    slow.connection.close('tooSlow');
    await nextTurn();
    expect(slow.written).to.deep.equal([]);
  });

  it('is nothing once the other side is gone', async () => {
    write(LITTLE);
    captured.connection.gone();
    write(LITTLE);
    await nextTurn();
    expect(captured.written).to.deep.equal([]);
    expect([captured.connection.isClosed, captured.said]).to.deep.equal([true, []]);
  });

  describe('in pieces', () => {
    /** Notes when the connection has drained. */
    const draining = () => {
      const noted = { isDrained: false };
      void captured.connection.whenDrained().then(() => (noted.isDrained = true));
      return noted;
    };
    const turns = async () => {
      for (let n = 0; n < 5; n += 1) await nextTurn();
    };

    it('waits for nothing before there is a whole one', async () => {
      write(frameOf(PIECE - 1));
      await captured.connection.whenDrained();
      expect(captured.written).to.deep.equal([]);
      write(frameOf(1));
      await captured.connection.whenDrained();
      expect(writtenBytes()).to.deep.equal([PIECE]);
    });

    it('waits for the line while more than one is there', async () => {
      captured.stall();
      write(frameOf(PIECE));
      await captured.connection.whenDrained();
      write(frameOf(PIECE));
      const noted = draining();
      await turns();
      expect(noted.isDrained).to.equal(false);
      captured.drain();
      while (!noted.isDrained) await nextTurn();
      expect(writtenBytes()).to.deep.equal([PIECE, PIECE]);
    });

    it('waits no more for a line that is gone', async () => {
      captured.stall();
      write(frameOf(2 * PIECE));
      const noted = draining();
      await turns();
      captured.connection.gone();
      while (!noted.isDrained) await nextTurn();
    });
  });

  it('is ahead of a ping, which an open socket alone is sent', () => {
    const { connection, said, socket } = captured;
    write(LITTLE);
    connection.ping();
    expect([captured.written, said]).to.deep.equal([[LITTLE], ["ping ''"]]);
    connection.ping('7');
    socket.readyState = 2;
    connection.ping('8');
    socket.readyState = socket.OPEN;
    connection.gone();
    connection.ping('9');
    expect(said).to.deep.equal(["ping ''", "ping '7'"]);
  });
});
