import { expect } from 'chai';
import { eventually } from '../../support/eventually.js';
import { gatewayScenes, type GatewayScene } from '../../support/gateway-scene.js';
import type { Socket } from '../../support/socket.js';

const PLENTY_MS = 60_000;
/** At most half of it may pass before the close frames are sent. */
const LITTLE_MS = 2_000;

describe('The gateway', () => {
  const open = gatewayScenes();

  describe('when it stops', () => {
    const begun = async (scene: GatewayScene, socket: Socket) => {
      socket.send({ type: 'send', id: 'x' });
      await eventually(
        async () => [...scene.hub.all].some(({ isBusy }) => isBusy),
        (isBusy) => isBusy,
      );
    };

    it('answers what is under way, begins nothing more, and says goodbye', async () => {
      const scene = await open();
      let finish = (): void => undefined;
      let carriedOut = 0;
      scene.handlers['send'] = async ({ id }) => {
        carriedOut += 1;
        await new Promise<void>((resolve) => (finish = resolve));
        return { type: 'ack', id };
      };
      const [busy, idle] = [await scene.live('laptop'), await scene.live('bob')];
      await begun(scene, busy);
      const stopping = scene.gateway.stop(PLENTY_MS);
      idle.send({ type: 'send', id: 'late' });
      const late = await scene.dial('phone');
      expect(await late.closed).to.equal(1001);
      expect(late.frames).to.deep.equal([]);
      expect(await idle.closed).to.equal(1001);
      expect(busy.ws.readyState, 'its command is not answered yet').to.equal(busy.ws.OPEN);
      const { received } = scene.counts;
      busy.send({ type: 'send', id: 'later' });
      await eventually(
        async () => scene.counts.received,
        (count) => count > received,
      );
      finish();
      expect(await stopping).to.equal(0);
      expect(busy.frames.at(-1)).to.deep.equal({ type: 'ack', id: 'x' });
      expect(await busy.closed).to.equal(1001);
      expect({ carriedOut, onEnd: scene.onEnd, open: scene.counts.open }).to.deep.equal({
        carriedOut: 1,
        onEnd: undefined,
        open: 0,
      });
    });

    it('leaves time for what is under way however little it has, and cuts off nobody who answers its goodbye', async () => {
      const scene = await open();
      let finish = (): void => undefined;
      scene.handlers['send'] = () => new Promise((resolve) => (finish = () => resolve({ type: 'ack', id: 'x' })));
      const socket = await scene.live('laptop');
      await begun(scene, socket);
      const cutOff: string[] = [];
      scene.onlyConnection.socket.terminate = () => cutOff.push('laptop');
      const stopping = scene.gateway.stop(LITTLE_MS);
      finish();
      expect(await stopping).to.equal(0);
      expect(await socket.closed).to.equal(1001);
      expect(cutOff).to.deep.equal([]);
    });

    it('waits for no longer than it may, and says how many sockets it has cut off from a command', async () => {
      const scene = await open();
      scene.handlers['send'] = () => new Promise<never>(() => undefined);
      const [hanging, idle] = [await scene.live('laptop'), await scene.live('bob')];
      await begun(scene, hanging);
      expect(await scene.gateway.stop(60)).to.equal(1);
      expect(await Promise.all([hanging.closed, idle.closed])).to.deep.equal([1001, 1001]);
    });

    it('cuts off a client that does not answer its goodbye', async () => {
      const scene = await open();
      const deaf = await scene.live('laptop');
      deaf.ws.pause();
      expect(await scene.gateway.stop(60)).to.equal(0);
      await eventually(
        async () => scene.counts.open,
        (count) => count === 0,
      );
    });
  });
});
