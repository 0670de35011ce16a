import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { textFrame } from '../../../src/interfaces/ws/text-frame.js';
import { captureConnection } from '../../support/captured-connection.js';
import { gatewayScenes, isOpen } from '../../support/gateway-scene.js';
import { ada, positionOf } from '../../support/ids.js';

const MOST_UNDER_WAY = 64;
const HALF_A_MEBIBYTE = 'x'.repeat(512 * 1024);

// Each of these rules could be removed from the code, and every test passed.
describe('A connection', () => {
  const open = gatewayScenes();

  const connected = async () => {
    const scene = await open();
    const socket = await scene.live('laptop');
    const [connection] = scene.hub.of(ada);
    if (!connection) throw new Error('it is not attached');
    return { scene, socket, connection };
  };

  it('is not read from while 64 commands are under way, until half of them are done', async () => {
    const { connection } = await connected();
    for (let n = 1; n < MOST_UNDER_WAY; n += 1) connection.begin();
    expect(connection.socket.isPaused).to.equal(false);
    connection.begin();
    expect(connection.socket.isPaused).to.equal(true);
    for (let n = 1; n < MOST_UNDER_WAY / 2; n += 1) connection.end();
    expect(connection.socket.isPaused).to.equal(true);
    connection.end();
    expect(connection.socket.isPaused).to.equal(false);
  });

  it('is closed when more than a mebibyte waits behind a resume', async () => {
    const scene = await open(() => ({ missed: () => new Promise<never>(() => undefined) }));
    const socket = await scene.dial();
    socket.send({ type: 'auth', token: 'laptop', resumeAfter: '3' });
    await socket.next('ready');
    const frame = textFrame({ type: 'big', text: HALF_A_MEBIBYTE });
    scene.hub.send(ada, frame, positionOf(8));
    const [connection] = scene.hub.of(ada);
    expect(connection?.isClosed).to.equal(false);
    expect(connection?.servedUpTo(positionOf(9)), 'what waits was not served').to.equal('0');
    scene.hub.send(ada, frame, positionOf(9));
    expect(await socket.closed).to.equal(4409);
  });

  // The frame counted as a part of what the resume had told, and was dropped: the client showed the old name.
  it('keeps a frame without a position for behind the resume, and counts nothing as served by it', () => {
    const { connection, frames } = captureConnection(ada);
    connection.hold(positionOf(3));
    connection.push(textFrame({ type: 'user.updated' }), undefined);
    connection.push(textFrame({ type: 'message.sent' }), positionOf(4));
    expect(frames()).to.deep.equal([]);
    connection.release(positionOf(5));
    connection.push(textFrame({ type: 'user.updated' }), undefined);
    expect(frames().map(({ type }) => type)).to.deep.equal(['user.updated', 'user.updated']);
    expect(connection.servedUpTo(positionOf(0))).to.equal('5');
  });

  // A connection that takes everything at once was never waited for: a resume of 5,000 long frames was made in one go,
  // and the whole node stood still.
  it('lets others have their turn behind each piece of a resume, however fast its line is', async () => {
    const { connection, frames } = captureConnection(ada);
    const order: string[] = [];
    const other = nextTurn().then(() => order.push('other'));
    connection.send({ type: 'big', text: HALF_A_MEBIBYTE });
    await connection.whenDrained();
    order.push('next piece');
    await other;
    expect(order).to.deep.equal(['other', 'next piece']);
    expect(frames()).to.have.length(1);
  });

  // A closed connection writes nothing and was never waited for: all missed events were made into frames for nobody.
  it('makes no more of the missed frames once it has closed', async () => {
    const made: number[] = [];
    const content = (n: number) => ({
      toJSON: () => {
        made.push(n);
        if (n === 10) for (const connection of scene.hub.of(ada)) connection.close('tooSlow');
        return { type: 'missed', text: 'x'.repeat(32 * 1024) };
      },
    });
    const frames = Array.from({ length: 100 }, (_, n) => ({ position: positionOf(n + 1), content: content(n + 1) }));
    const scene = await open(() => ({ missed: async (_viewer, _after, _upTo, { keep }) => frames.map(keep) }));
    const [socket, other] = [await scene.dial(), await scene.live('bob')];
    socket.send({ type: 'auth', token: 'laptop', resumeAfter: '3' });
    expect(await socket.closed).to.equal(4409);
    await isOpen(other);
    expect(made).to.deep.equal(frames.slice(0, 10).map((_, index) => index + 1));
  });

  it('sends what was written before a ping ahead of it, and counts every frame', async () => {
    const { scene, socket, connection } = await connected();
    const before = scene.counts.sent;
    connection.send({ type: 'one' });
    connection.send({ type: 'two' });
    const ahead = new Promise((resolve) =>
      socket.ws.once('ping', () => resolve(socket.frames.map(({ type }) => type))),
    );
    connection.ping();
    expect(await ahead).to.deep.equal(['ready', 'one', 'two']);
    expect(scene.counts.sent - before).to.equal(2);
  });

  it('carries nothing out that came behind the frame it was closed for', async () => {
    const { scene, socket } = await connected();
    const carriedOut: unknown[] = [];
    scene.handlers['send'] = async ({ id }) => void carriedOut.push(id);
    socket.ws.send('{');
    socket.send({ type: 'send', id: 'late' });
    expect(await socket.closed).to.equal(4400);
    expect(carriedOut).to.deep.equal([]);
  });
});
