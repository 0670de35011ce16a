import { expect } from 'chai';
import { eventually } from '../../support/eventually.js';
import { GatewayScene } from '../../support/gateway-scene.js';
import type { Socket } from '../../support/socket.js';

const PLENTY_MS = 60_000;

describe('The gateway', () => {
  let scene: GatewayScene;
  afterEach(() => scene.close());

  describe('when it stops', () => {
    const begun = async (socket: Socket) => {
      socket.send({ type: 'send', id: 'x' });
      await eventually(
        async () => [...scene.hub.all].some(({ isBusy }) => isBusy),
        (isBusy) => isBusy,
      );
    };

    it('answers what is under way, begins nothing more, and says goodbye', async () => {
      scene = await GatewayScene.open();
      let finish = (): void => undefined;
      let carriedOut = 0;
      scene.handlers['send'] = async ({ id }) => {
        carriedOut += 1;
        await new Promise<void>((resolve) => (finish = resolve));
        return { type: 'ack', id };
      };
      const [busy, idle] = [await scene.live('laptop'), await scene.live('bob')];
      await begun(busy);
      const stopping = scene.gateway.stop(PLENTY_MS);
      idle.send({ type: 'send', id: 'late' });
      const late = await scene.dial('phone');
      expect(await late.closed).to.equal(1001);
      expect(late.frames).to.deep.equal([]);
      expect(idle.ws.readyState, 'it waits for the other one').to.equal(idle.ws.OPEN);
      finish();
      expect(await stopping).to.equal(0);
      expect(busy.frames.at(-1)).to.deep.equal({ type: 'ack', id: 'x' });
      expect(await Promise.all([busy.closed, idle.closed])).to.deep.equal([1001, 1001]);
      expect({ carriedOut, onEnd: scene.onEnd, open: scene.counts.open }).to.deep.equal({
        carriedOut: 1,
        onEnd: undefined,
        open: 0,
      });
    });

    it('waits for no longer than it may, and says how many sockets it has cut off from a command', async () => {
      scene = await GatewayScene.open();
      scene.handlers['send'] = () => new Promise<never>(() => undefined);
      const [hanging, idle] = [await scene.live('laptop'), await scene.live('bob')];
      await begun(hanging);
      expect(await scene.gateway.stop(60)).to.equal(1);
      expect(await Promise.all([hanging.closed, idle.closed])).to.deep.equal([1001, 1001]);
    });

    it('cuts off a client that does not answer its goodbye', async () => {
      scene = await GatewayScene.open();
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
