import { expect } from 'chai';
import type { Gateway } from '../../../src/interfaces/ws/gateway.js';
import { OpenSockets } from '../../../src/interfaces/ws/open-sockets.js';
import { eventually } from '../../support/eventually.js';
import { gatewayScenes, isOpen } from '../../support/gateway-scene.js';
import { userNumber } from '../../support/ids.js';

describe('The gateway', () => {
  const open = gatewayScenes();

  describe('has limits', () => {
    it('to frames: one too many is refused with the time to wait, and not carried out', async () => {
      const scene = await open();
      let carriedOut = 0;
      scene.handlers['send'] = async ({ id }) => ({ type: 'ack', id, count: (carriedOut += 1) });
      const socket = await scene.live('laptop');
      const pings: string[] = [];
      socket.ws.on('ping', (data: Buffer) => pings.push(data.toString()));
      for (let n = 0; n < 250; n += 1) socket.send({ type: 'send', id: String(n) });
      const answers = await Promise.all(Array.from({ length: 250 }, (_, n) => socket.answerTo(String(n))));
      const { detail, ...refusal } = answers[200]!;
      expect(refusal).to.deep.equal({ type: 'error', id: '200', code: 'rate_limited', retryAfterMs: 1_000 });
      expect(detail).to.be.a('string');
      const codes = answers.map(({ type, code }) => code ?? type);
      expect(codes).to.deep.equal(Array.from({ length: 250 }, (_, n) => (n < 200 ? 'ack' : 'rate_limited')));
      expect(carriedOut).to.equal(200);
      expect(pings, 'it is asked once whether it knows of the wait').to.deep.equal(['1']);
      scene.now = 1_000;
      await isOpen(socket);
    });

    // A client that waited for each acknowledgement and sent 300 messages in a row was disconnected with 4429.
    it('to frames: a client that waits as long as it must is never closed, and each message is sent once', async () => {
      const scene = await open();
      const carriedOut: unknown[] = [];
      scene.handlers['send'] = async ({ id }) => {
        carriedOut.push(id);
        return { type: 'ack', id };
      };
      const socket = await scene.live('laptop');
      const waits: unknown[] = [];
      const ids = Array.from({ length: 300 }, (_, n) => String(n));
      for (const id of ids)
        for (let isSent = false; !isSent;) {
          socket.send({ type: 'send', id });
          const { type, retryAfterMs } = await socket.answerTo(id);
          isSent = type === 'ack';
          if (isSent) continue;
          waits.push([id, retryAfterMs]);
          scene.now += retryAfterMs as number;
        }
      expect(carriedOut).to.deep.equal(ids);
      expect(waits).to.deep.equal([
        ['200', 1_000],
        ['250', 1_000],
      ]);
      expect(socket.ws.readyState).to.equal(socket.ws.OPEN);
    });

    // 500 users could be watched again fifty times a second, each time by a query for all of them.
    it('to frames: one that asks for many users counts for many', async () => {
      const scene = await open();
      const socket = await scene.live('laptop');
      const userIds = Array.from({ length: 100 }, (_, n) => userNumber(n + 1));
      for (let n = 0; n < 20; n += 1) socket.send({ type: 'presence.watch', id: `p${n}`, userIds });
      expect(await socket.answerTo('p19')).to.include({ type: 'error', code: 'rate_limited' });
    });

    it('to frames: a client that knows of its refusals, and goes on, is closed with 4429', async () => {
      const scene = await open();
      const socket = await scene.live('laptop');
      const isClosed = socket.closed.then((code) => ({ code }));
      // Each round waits until it was told of the last one; the first hundred frames beyond the limit are tolerated.
      for (let n = 0, closed: unknown; !closed; n += 1) {
        socket.send({ type: 'send', id: String(n) });
        closed = await Promise.race([socket.answerTo(String(n)).then(() => undefined), isClosed]).catch(() => isClosed);
      }
      expect(await socket.closed).to.equal(4429);
      const refused = socket.frames.filter(({ code }) => code === 'rate_limited');
      expect(refused.length).to.be.above(100);
      expect(refused.length, 'it was not only closed for their number').to.be.below(2_000);
    });

    it('to the sockets of a user: the oldest is closed with 4410', async () => {
      const scene = await open();
      const [first, second, third, other] = [
        await scene.live('laptop'),
        await scene.live('phone'),
        await scene.live('laptop'),
        await scene.live('bob'),
      ];
      expect(await first.closed).to.equal(4410);
      for (const socket of [second, third, other]) await isOpen(socket);
      await second.close();
      await eventually(
        async () => scene.counts.open,
        (count) => count === 2,
      );
      await isOpen(await scene.live('phone'));
      await isOpen(third);
    });

    it('to the sockets of an address, as the proxy names it where one is trusted', async () => {
      const openSockets = new OpenSockets({ perUser: 2, perAddress: 1, unauthenticatedPerAddress: 1 });
      const scene = await open(() => ({ openSockets, trustedProxies: 1 }));
      const from = (forwarded?: string) =>
        scene.gateway.hasRoomFor({
          headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
          socket: { remoteAddress: '127.0.0.1' },
        } as unknown as Parameters<Gateway['hasRoomFor']>[0]);
      expect(from()).to.equal(true);
      const socket = await scene.live('bob');
      expect([from(), from('192.0.2.1')]).to.deep.equal([false, true]);
      await socket.close();
      await eventually(
        async () => from(),
        (hasRoom) => hasRoom,
      );
    });

    it('to sockets that do not say whose they are: the oldest is cut off for a newer one, which may log in', async () => {
      const openSockets = new OpenSockets({ perUser: 2, perAddress: 50, unauthenticatedPerAddress: 1 });
      const scene = await open(() => ({ openSockets }));
      const known = await scene.live('laptop');
      const silent = await scene.dial();
      const newer = await scene.dial();
      expect(await silent.closed).to.equal(1006);
      newer.send({ type: 'auth', token: 'bob' });
      await newer.next('ready');
      await scene.dial();
      for (const socket of [known, newer]) await isOpen(socket);
    });
  });
});
