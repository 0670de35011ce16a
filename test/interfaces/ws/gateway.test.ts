import { expect } from 'chai';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { textFrame } from '../../../src/interfaces/ws/text-frame.js';
import { eventually } from '../../support/eventually.js';
import { gatewayScenes, isOpen } from '../../support/gateway-scene.js';
import { ada, bob, positionOf, sessionNumber } from '../../support/ids.js';

/** The read model of messages is as far as what was delivered. */
const reading = { requireMessages: () => Promise.resolve() };

describe('The gateway', () => {
  const open = gatewayScenes();

  describe('asks who is there', () => {
    it('and takes the token of the upgrade, or of the first frame', async () => {
      const scene = await open();
      const { ready } = await scene.live('laptop');
      const own = { userId: ada, sessionId: sessionNumber(1) };
      const expected = { type: 'ready', ...own, position: '7', heartbeatSeconds: 1_000_000, resumed: false };
      expect(ready).to.deep.equal(expected);
      const byFrame = await scene.dial();
      byFrame.send({ type: 'auth', token: 'bob' });
      expect(await byFrame.next('ready')).to.include({ userId: bob, resumed: false });
      expect(scene.notes).to.deep.equal(['opened ada', 'opened bob']);
    });

    it('and closes a socket that does not say, but none that has said', async () => {
      const scene = await open(() => ({ authTimeoutMs: 50 }));
      const known = await scene.live('laptop');
      expect(await (await scene.dial()).closed).to.equal(4408);
      await isOpen(known);
    });

    for (const [what, frame, code] of [
      ['an unknown token', { type: 'auth', token: 'unknown' }, 4401],
      ['a malformed auth', { type: 'auth', token: 1 }, 4400],
      ['another frame', { type: 'send', id: '1' }, 4401],
      ['a token that cannot be checked', { type: 'auth', token: 'broken' }, 1011],
    ] as const)
      it(`and closes a socket that answers with ${what}`, async () => {
        const scene = await open();
        const socket = await scene.dial();
        socket.send(frame);
        expect(await socket.closed).to.equal(code);
        expect(socket.frames).to.deep.equal([]);
        await eventually(
          async () => scene.notes,
          (all) => all.includes('closed'),
        );
        expect(scene.notes).to.deep.equal(code === 1011 ? ['socket failed: the keys are gone', 'closed'] : ['closed']);
      });

    it('and refuses a type that is none, and an auth with a field too many', async () => {
      const scene = await open();
      const socket = await scene.live('laptop');
      for (const type of ['auth', 'nonsense', 'constructor', '__proto__']) {
        socket.send({ type, id: type, token: 'bob' });
        expect(await socket.answerTo(type)).to.include({ code: 'invalid_request' });
      }
      await isOpen(socket);
    });

    it('and refuses every socket whose session has ended while it joined', async () => {
      const scene = await open((it) => ({
        feed: {
          ...reading,
          join: async (connection, userId) => {
            it().hub.attach(connection, userId);
            it().ended.add(sessionNumber(1));
            return positionOf(7);
          },
        },
      }));
      const socket = await scene.dial('laptop');
      expect(await socket.closed).to.equal(4401);
      expect(socket.frames.map(({ type }) => type)).to.deep.equal(['session.ended']);
      expect([...scene.hub.of(ada)]).to.deep.equal([]);
    });

    it('and closes a socket that cannot join', async () => {
      const scene = await open(() => ({ feed: { ...reading, join: () => Promise.reject(new Error('no feed')) } }));
      expect(await (await scene.dial('laptop')).closed).to.equal(1011);
      expect(scene.notes).to.include('socket failed: no feed');
    });
  });

  it('sends what was missed, then what came meanwhile, and nothing twice', async () => {
    const asked: unknown[] = [];
    const content = (position: number) => ({ type: 'message.sent', position: String(position) });
    const scene = await open((it) => ({
      feed: {
        ...reading,
        join: async (connection, userId, served) => {
          asked.push([userId, served]);
          it().hub.attach(connection, userId);
          it().hub.send(ada, textFrame(content(7)), positionOf(7));
          return positionOf(7);
        },
      },
      missed: async (userId, after, upTo, { keep }) => {
        asked.push([userId, after, upTo]);
        it().hub.send(ada, textFrame(content(8)), positionOf(8));
        return [5, 7].map((position) => keep({ position: positionOf(position), content: content(position) }));
      },
    }));
    const socket = await scene.dial();
    socket.send({ type: 'auth', token: 'laptop', resumeAfter: '3' });
    expect(await socket.next('ready')).to.include({ resumed: true });
    await eventually(
      async () => socket.frames.length,
      (count) => count >= 4,
    );
    expect(asked).to.deep.equal([
      [ada, '3'],
      [ada, '3', '7'],
    ]);
    expect(socket.frames.slice(1)).to.deep.equal([content(5), content(7), content(8)]);
    scene.hub.send(ada, textFrame(content(9)), positionOf(9));
    await socket.next('message.sent');
    expect(scene.onlyConnection.servedUpTo('0' as Position)).to.equal('9');
  });

  it('reads what was missed once the messages that were delivered are in the read model again', async () => {
    let reached = (): void => undefined;
    const notes: string[] = [];
    const scene = await open((it) => ({
      feed: {
        join: async (connection, userId) => {
          it().hub.attach(connection, userId);
          return positionOf(7);
        },
        requireMessages: () =>
          new Promise((resolve) => {
            notes.push('required');
            reached = resolve;
          }),
      },
      missed: async () => {
        notes.push('read');
        return [];
      },
    }));
    const socket = await scene.dial();
    socket.send({ type: 'auth', token: 'laptop', resumeAfter: '3' });
    await socket.next('ready');
    await isOpen(socket);
    expect(notes).to.deep.equal(['required']);
    reached();
    await eventually(
      async () => notes.length,
      (count) => count > 1,
    );
    expect(notes).to.deep.equal(['required', 'read']);
  });

  describe('when a session ends', () => {
    it('sends the sockets of that session a frame, closes them, and leaves the others', async () => {
      const scene = await open();
      const [laptop, phone, other] = [await scene.live('laptop'), await scene.live('phone'), await scene.live('bob')];
      scene.ended.add(sessionNumber(1));
      scene.onEnd?.(null, sessionNumber(1));
      expect(await laptop.next('session.ended')).to.deep.equal({ type: 'session.ended', sessionId: sessionNumber(1) });
      expect(await laptop.closed).to.equal(4401);
      await isOpen(phone);
      await isOpen(other);
    });

    it('closes all sockets of a user whose sessions have all ended, but for one that is kept', async () => {
      const scene = await open();
      const [laptop, phone, other] = [await scene.live('laptop'), await scene.live('phone'), await scene.live('bob')];
      scene.ended.add(sessionNumber(1)).add(sessionNumber(3));
      scene.onEnd?.(ada, null);
      expect(await laptop.closed).to.equal(4401);
      expect(phone.ws.readyState).to.equal(phone.ws.OPEN);
      await isOpen(phone);
      expect(other.ws.readyState, 'nothing was said of Bob').to.equal(other.ws.OPEN);
    });

    it('carries nothing out that comes of it, nor of a token that has expired', async () => {
      const scene = await open();
      let carriedOut = 0;
      scene.handlers['send'] = async () => void (carriedOut += 1);
      const [laptop, old] = [await scene.live('laptop'), await scene.live('old')];
      scene.ended.add(sessionNumber(1));
      laptop.send({ type: 'send', id: 'x' });
      expect(await laptop.closed).to.equal(4401);
      scene.now = 499_999;
      await isOpen(old);
      scene.now = 500_000;
      old.send({ type: 'send', id: 'x' });
      expect(await old.closed).to.equal(4401);
      expect(carriedOut).to.equal(0);
    });
  });

  it('takes what a user does for a sign of them, but no ping', async () => {
    const scene = await open();
    const socket = await scene.live('laptop');
    await isOpen(socket);
    expect(scene.notes).to.deep.equal(['opened ada']);
    socket.send({ type: 'send', id: 'x' });
    await socket.answerTo('x');
    expect(scene.notes).to.deep.equal(['opened ada', 'active']);
  });

  it('counts sockets and frames, and forgets a socket that is gone', async () => {
    const scene = await open();
    const socket = await scene.live('laptop');
    await isOpen(socket);
    expect(scene.counts).to.deep.equal({ open: 1, received: 1, sent: 2, closed: [] });
    await socket.close();
    await eventually(
      async () => scene.counts.open,
      (count) => count === 0,
    );
    expect([...scene.hub.all, ...scene.hub.of(ada)]).to.deep.equal([]);
    expect(scene.notes).to.deep.equal(['opened ada', 'closed']);
  });

  for (const [what, data] of Object.entries({
    'no JSON': '{',
    'no object': '[]',
    'no type': '{}',
    binary: Buffer.from('{"type":"ping"}'),
  }))
    it(`closes a socket over what is no frame: ${what}`, async () => {
      const scene = await open();
      const socket = await scene.live('laptop');
      socket.ws.send(data);
      expect(await socket.closed).to.equal(4400);
      expect(scene.notes).to.not.include('active');
    });
});
