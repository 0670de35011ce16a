import { once } from 'node:events';
import { expect } from 'chai';
import { beatMs, MOST_UNANSWERED_PINGS } from '../../../src/interfaces/ws/heartbeat.js';
import { textFrame } from '../../../src/interfaces/ws/text-frame.js';
import { eventually } from '../../support/eventually.js';
import { gatewayScenes, isOpen } from '../../support/gateway-scene.js';
import { ada, positionOf } from '../../support/ids.js';

const MORE_THAN_KERNELS_BUFFER = 32 * 1024 * 1024;

describe('The gateway', () => {
  const open = gatewayScenes();

  describe('at each heartbeat', () => {
    it('finds a lost connection after three beats, within 45 seconds as a rule', () => {
      expect((MOST_UNANSWERED_PINGS + 1) * beatMs(30)).to.be.below(45_000);
    });

    it('drops a socket that has left two pings unanswered, and keeps the others', async () => {
      const scene = await open(() => ({ heartbeatSeconds: 0.5 }));
      const [frozen, living] = [await scene.live('laptop'), await scene.live('bob')];
      const [{ socket: line } = scene.onlyConnection] = scene.hub.of(ada);
      const ping = line.ping.bind(line);
      let unanswered = 0;
      line.ping = (data: string) => {
        unanswered += 1;
        ping(data);
      };
      line.on('pong', () => (unanswered = 0));
      frozen.ws.pause();
      await eventually(
        async () => scene.counts.open,
        (count) => count === 1,
      );
      expect(unanswered).to.equal(2);
      await once(living.ws, 'ping');
      await once(living.ws, 'ping');
      await isOpen(living);
      frozen.ws.resume();
      expect(await frozen.closed).to.equal(1006);
    });

    // A client that read nothing for a while saw 1006 in place of 4409: the heartbeat dropped it before it had read
    // what was sent ahead of the close code.
    it('leaves a socket alone that was closed for reading too slowly, so that it reads why', async () => {
      const scene = await open(() => ({ heartbeatSeconds: 0.05 }));
      const slow = await scene.live('laptop');
      slow.ws.pause();
      const [connection] = scene.hub.of(ada);
      scene.hub.send(ada, textFrame({ type: 'big', text: 'x'.repeat(MORE_THAN_KERNELS_BUFFER) }), positionOf(8));
      connection?.flush();
      scene.hub.send(ada, textFrame({ type: 'late' }), positionOf(9));
      connection?.flush();
      for (let beats = 0; beats < 3; beats += 1) await once((await scene.dial()).ws, 'ping');
      slow.ws.resume();
      expect(await slow.closed).to.equal(4409);
      expect(slow.frames.map(({ type }) => type)).to.deep.equal(['ready', 'big']);
      expect(scene.counts.closed).to.deep.equal(['tooSlow']);
    });

    // While the database hung for longer than a heartbeat, the server read nothing from a client with 64 commands under
    // way, not even its pongs: it was dropped as dead, with all of its commands unanswered.
    it('leaves a socket alone that is not read from as too many of its commands are under way', async () => {
      const scene = await open(() => ({ heartbeatSeconds: 0.1 }));
      const answers: (() => void)[] = [];
      scene.handlers['send'] = ({ id }) => new Promise((resolve) => answers.push(() => resolve({ type: 'ack', id })));
      const busy = await scene.live('laptop');
      for (let n = 0; n < 64; n += 1) busy.send({ type: 'send', id: String(n) });
      await eventually(
        async () => answers.length,
        (count) => count === 64,
      );
      const other = await scene.live('bob');
      for (let beats = 0; beats < 3; beats += 1) await once(other.ws, 'ping');
      for (const answer of answers) answer();
      await busy.answerTo('63');
      await once(busy.ws, 'ping');
      await isOpen(busy);
    });
  });
});
