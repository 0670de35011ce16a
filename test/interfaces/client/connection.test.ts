import { expect } from 'chai';
import { Connection } from '../../../src/interfaces/client/connection/connection.js';
import { ChatError } from '../../../src/interfaces/client/errors.js';
import type { Frame } from '../../../src/interfaces/client/wire.js';
import { manualPlatform } from '../../support/manual-platform.js';

const READY = { type: 'ready', userId: 'me', sessionId: 's', position: '7', heartbeatSeconds: 30, resumed: false };

const open = (token: (renew: boolean) => Promise<string> = (renew) => Promise.resolve(renew ? 'new' : 'old')) => {
  const manual = manualPlatform();
  const frames: Frame[] = [];
  const downs: number[] = [];
  let failure: Error | undefined;
  const connection = new Connection({
    platform: manual.platform,
    backOff: { firstMs: 100, longestMs: 1_000 },
    url: () => {
      if (failure) throw failure;
      return 'ws://there/ws/';
    },
    token,
    resumeAfter: () => '5',
    onReady: () => undefined,
    onFrame: (frame) => frames.push(frame),
    onDown: (code) => downs.push(code),
    onState: () => undefined,
  });
  const last = () => manual.sockets().at(-1)!;
  connection.start();
  const fail = (error: Error | undefined) => (failure = error);
  return { ...manual, connection, frames, downs, last, fail };
};

const live = async () => {
  const opened = open();
  await opened.pass(0);
  opened.last().open();
  opened.last().say(READY);
  return opened;
};

describe('a connection', () => {
  it('says who it is and after what it resumes, as the first frame', async () => {
    const { last, pass } = open();
    await pass(0);
    last().open();
    expect(last().sent).to.deep.equal([{ type: 'auth', token: 'old', resumeAfter: '5' }]);
  });

  it('sends nothing before the server is ready', async () => {
    const { connection, last, pass } = open();
    await pass(0);
    last().open();
    expect(connection.send({ type: 'ping' })).to.equal(false);
    last().say(READY);
    expect(connection.send({ type: 'ping' })).to.equal(true);
  });

  it('gives up a socket on which the server never gets ready', async () => {
    const { last, pass, sockets, downs } = open();
    await pass(15_000);
    expect(downs).to.deep.equal([1006]);
    await pass(200);
    expect(sockets()).to.have.length(2);
    expect(sockets()[0]?.isClosed).to.equal(true);
    expect(last().isClosed).to.equal(false);
  });

  it('pings a quiet server, and keeps a socket that answers', async () => {
    const { last, pass, sockets } = await live();
    for (let n = 1; n <= 5; n += 1) {
      await pass(15_000);
      expect(last().ofType('ping')).to.have.length(n);
      last().say({ type: 'pong', position: '7' });
      await pass(10_000);
    }
    expect(sockets()).to.have.length(1);
  });

  it('notices within 45 seconds that a socket is half open, and leaves it without waiting for its end', async () => {
    const { pass, sockets, downs } = await live();
    await pass(25_000);
    expect(downs).to.deep.equal([1006]);
    expect(sockets()[0]?.isClosed).to.equal(true);
    await pass(100);
    expect(sockets()).to.have.length(2);
  });

  it('probes at once when the page is seen again', async () => {
    const { last, wake, pass, downs } = await live();
    wake();
    expect(last().ofType('ping')).to.have.length(1);
    await pass(10_000);
    expect(downs).to.deep.equal([1006]);
  });

  it('connects at once when the network is back', async () => {
    const { last, wake, pass, sockets } = await live();
    last().end(1006);
    wake();
    await pass(0);
    expect(sockets()).to.have.length(2);
  });

  it('probes once, however often the page is seen and hidden', async () => {
    const { last, wake, pass, downs } = await live();
    for (let n = 0; n < 90; n += 1) {
      for (let times = 0; times < 20; times += 1) wake();
      await pass(100);
    }
    expect(last().ofType('ping')).to.have.length(1);
    await pass(1_000);
    expect(downs).to.deep.equal([1006]);
  });

  it('does not connect again and again where the network comes and goes', async () => {
    const { last, wake, pass, sockets, waiting } = await live();
    for (let n = 0; n < 100; n += 1) {
      last().end(1006);
      wake();
      await pass(1);
    }
    expect(sockets()).to.have.length.within(2, 3);
    expect(waiting()).to.equal(2);
    await pass(1_000);
    expect(sockets()).to.have.length.within(3, 4);
  });

  it('keeps no timers of sockets that are gone', async () => {
    const { last, pass, waiting } = await live();
    for (let n = 0; n < 1_000; n += 1) {
      last().end(1006);
      await pass(1_000);
      last().open();
      last().say(READY);
    }
    expect(waiting()).to.equal(1);
  }).timeout(30_000);

  it('tries again where no socket can be made, and where what comes is no frame', async () => {
    const { last, pass, sockets, downs, fail } = await live();
    fail(new Error('not from this page'));
    last().onmessage?.({ data: '<html>' } as never);
    expect(downs).to.deep.equal([1006]);
    await pass(100);
    expect(downs).to.deep.equal([1006, 1006]);
    fail(undefined);
    await pass(1_000);
    expect(sockets()).to.have.length(2);
  });

  it('connects with another token after 4401', async () => {
    const { last, pass } = await live();
    last().end(4401);
    await pass(0);
    last().open();
    expect(last().sent[0]).to.include({ type: 'auth', token: 'new' });
  });

  it('stops when there is no token to be had any more', async () => {
    const { connection, pass, sockets } = open(() => Promise.reject(new ChatError('signed_out', '')));
    await pass(60_000);
    expect(connection.state).to.deep.equal({ name: 'stopped', reason: 'signed_out' });
    expect(sockets()).to.deep.equal([]);
  });

  it('tries again when the token could not be got', async () => {
    let tries = 0;
    const { pass, sockets } = open(() => {
      tries += 1;
      return tries < 3 ? Promise.reject(new ChatError('unreachable', '')) : Promise.resolve('old');
    });
    await pass(1_000);
    expect(sockets()).to.have.length(1);
  });

  it('hears nothing more from a socket that it has left', async () => {
    const { connection, last, frames, downs } = await live();
    const left = last();
    connection.drop();
    left.say({ type: 'message.sent', position: '9' });
    left.end(4410);
    expect([frames, downs]).to.deep.equal([[], [1006]]);
  });

  it('keeps nothing waiting once it is closed', async () => {
    const { connection, waiting } = await live();
    connection.close();
    expect(waiting()).to.equal(0);
  });
});
