import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { DatabaseUnavailableError } from '../../../src/application/ports/database-unavailable.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { Rejection } from '../../../src/domain/kernel/rejections.js';
import type { GatewayParts } from '../../../src/interfaces/ws/gateway.js';
import { eventually } from '../../support/eventually.js';
import { gatewayScenes, isOpen } from '../../support/gateway-scene.js';
import { ada } from '../../support/ids.js';

type Handler = GatewayParts['handlers']['ping'];

/** The read model of messages is as far as what was delivered. */
const reading = { requireMessages: () => Promise.resolve() };

describe('The gateway', () => {
  const open = gatewayScenes();

  describe('when something fails', () => {
    // A handler that threw synchronously, and did not reject, ended the whole server.
    const failures: Readonly<Record<string, Handler>> = {
      'throws at once': () => {
        throw new Error('unforeseen');
      },
      rejects: () => Promise.reject(new Error('unforeseen')),
    };
    for (const [what, handler] of Object.entries(failures))
      it(`answers the frame whose handler ${what}, logs it, and keeps the socket`, async () => {
        const scene = await open();
        scene.handlers['send'] = handler;
        const socket = await scene.live('laptop');
        socket.send({ type: 'send', id: 'x' });
        const { detail, ...refusal } = await socket.answerTo('x');
        expect(refusal).to.deep.equal({ type: 'error', id: 'x', code: 'internal_error' });
        expect(detail).to.be.a('string');
        expect(scene.notes).to.include('frame failed: unforeseen');
        await isOpen(socket);
        expect(scene.onlyConnection.isBusy).to.equal(false);
      });

    it('does not log what the client is to blame for', async () => {
      const scene = await open();
      scene.handlers['send'] = () => Promise.reject(new Rejection('forbidden'));
      const socket = await scene.live('laptop');
      socket.send({ type: 'send', id: 'x' });
      expect(await socket.answerTo('x')).to.include({ code: 'forbidden' });
      expect(scene.notes).to.deep.equal(['opened ada', 'active']);
    });

    it('says when a frame may come again that the database could not serve', async () => {
      const scene = await open();
      scene.handlers['send'] = () => Promise.reject(new DatabaseUnavailableError('down'));
      const socket = await scene.live('laptop');
      socket.send({ type: 'send', id: 'x' });
      expect(await socket.answerTo('x')).to.include({ code: 'unavailable', retryAfterMs: 1_000 });
    });

    // A store that hung, its connections open, made a client wait for a minute.
    it('says when a frame may come again whose handler does not come to an end', async () => {
      const scene = await open(() => ({ answerWithinMs: 20 }));
      scene.handlers['send'] = () => new Promise(() => undefined);
      const socket = await scene.live('laptop');
      socket.send({ type: 'send', id: 'x' });
      expect(await socket.answerTo('x')).to.include({ code: 'unavailable', retryAfterMs: 1_000 });
      expect(scene.onlyConnection.isBusy).to.equal(false);
    });

    it('answers nothing where there is no answer', async () => {
      const scene = await open();
      scene.handlers['send'] = async () => undefined;
      const socket = await scene.live('laptop');
      socket.send({ type: 'send', id: 'x' });
      await isOpen(socket);
      expect(socket.frames.map(({ type }) => type)).to.deep.equal(['ready', 'pong']);
      expect(scene.notes).to.deep.equal(['opened ada', 'active']);
    });

    it('sends nothing more to a client that broke the protocol, and serves the others', async () => {
      const scene = await open();
      const [broken, other] = [await scene.live('laptop'), await scene.live('bob')];
      const [connection] = scene.hub.of(ada);
      broken.ws.pause(); // it does not answer the close frame
      (broken.ws as unknown as { _socket: Socket })._socket.write(Buffer.from([0xff, 0x80, 0, 0, 0, 0]));
      await eventually(
        async () => connection?.isClosed,
        (isClosed) => isClosed === true,
      );
      expect([...scene.hub.all]).to.include(connection);
      await isOpen(other);
      broken.ws.resume();
      expect(await broken.closed).to.equal(1002);
    });

    it('closes the socket of an event that fails, and no other', async () => {
      const scene = await open(() => ({
        presence: {
          opened: () => undefined,
          active: () => {
            throw new Error('no presence');
          },
          closed: () => {
            throw new Error('not even now');
          },
        },
      }));
      const [failing, other] = [await scene.live('laptop'), await scene.live('bob')];
      failing.send({ type: 'send', id: 'x' });
      expect(await failing.closed).to.equal(1011);
      await isOpen(other);
      await eventually(
        async () => scene.notes,
        (all) => all.length === 2,
      );
      expect(scene.notes).to.deep.equal(['socket failed: no presence', 'socket failed: not even now']);
      expect(scene.counts.open).to.equal(1);
    });

    it('asks a client to come again whose socket the database could not serve', async () => {
      const scene = await open(() => ({
        feed: { ...reading, join: () => Promise.reject(new DatabaseUnavailableError('down')) },
      }));
      const socket = await scene.dial('laptop');
      expect(await socket.closed).to.equal(1013);
      expect(scene.notes).to.include('socket failed: down');
    });

    it('asks a client to come again whose socket is not let in in time, and forgets it', async () => {
      let letIn = (): void => undefined;
      let attach = (): void => undefined;
      const waiting = new Promise<void>((resolve) => (letIn = resolve));
      const attached = new Promise<void>((resolve) => (attach = resolve));
      const scene = await open((self) => ({
        answerWithinMs: 20,
        feed: {
          ...reading,
          join: async (connection, userId) => {
            await waiting;
            self().hub.attach(connection, userId);
            attach();
            return LOG_START;
          },
        },
      }));
      const socket = await scene.dial('laptop');
      expect(await socket.closed).to.equal(1013);
      await eventually(
        async () => scene.notes,
        (notes) => notes.includes('closed'),
      );
      letIn();
      await attached;
      await nextTurn();
      expect([...scene.hub.of(ada)]).to.deep.equal([]);
    });

    it('cuts off a socket that cannot be taken over', async () => {
      let isCounted = false;
      const scene = await open(() => ({
        metrics: {
          sockets: () => {
            if (isCounted) return;
            isCounted = true;
            throw new Error('no metrics');
          },
          closed: () => undefined,
          received: () => undefined,
          sent: () => undefined,
        },
      }));
      expect(await (await scene.dial()).closed).to.equal(1006);
      expect(scene.notes).to.deep.equal(['socket failed: no metrics']);
    });
  });
});
