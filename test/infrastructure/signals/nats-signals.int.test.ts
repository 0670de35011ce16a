import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { connect as connectNats } from '@nats-io/transport-node';
import { expect } from 'chai';
import type { NatsSignals } from '../../../src/infrastructure/signals/nats-signals.js';
import { listenTo, signalsContract, type SignalsUnderTest } from '../../contracts/signals.js';
import { eventually } from '../../support/eventually.js';
import { describeOnNats, startNats, type NatsServer } from '../../support/nats.js';
import { messages, natsScene, nodeAt, reasons, SUBJECT, type TestNode } from '../../support/nats-nodes.js';
import { NO_BATCHES } from '../../support/no-batches.js';

/** Each reason of a loss is logged once, and then the return. */
const expectLogged = (node: TestNode): void => {
  const [last, ...before] = messages(node).reverse();
  expect(last).to.equal('NATS is within reach again');
  expect(before).to.deep.equal(Array(new Set(reasons(node)).size).fill('NATS is out of reach'));
};

describeOnNats('Signals over NATS', () => {
  const { serve, joined, untilHeard, refusalsOf } = natsScene();

  describe('as every adapter', () => {
    let server: NatsServer;
    before(async () => (server = await startNats()));
    after(() => server.stop());

    signalsContract(async (): Promise<SignalsUnderTest> => {
      const open = new Set<NatsSignals>();
      return {
        join: async () => {
          const { signals } = nodeAt(server.url);
          await signals.open();
          open.add(signals);
          return signals;
        },
        close: async () => {
          await Promise.all([...open].map((signals) => signals.close()));
        },
      };
    });
  });

  it('pass over what is no signal, and log it once', async () => {
    const { url } = await serve();
    const [ada, bob] = [await joined(url), await joined(url)];
    const news = listenTo(bob.signals, 'news');
    const stranger = await connectNats({ servers: url });
    for (const payload of [...NO_BATCHES, 'x'.repeat(500_000), new Uint8Array([0xff, 0xfe])])
      stranger.publish(SUBJECT, payload);
    await stranger.close();
    ada.signals.publish('news', { n: 1 });
    expect(await news.contents(1)).to.deep.equal([{ n: 1 }]);
    await eventually(
      async () => messages(bob),
      ({ length }) => length > 0,
    );
    expect(messages(bob)).to.deep.equal(['heard what is no signal']);
  });

  it('of another subject are of another installation', async () => {
    const { url } = await serve();
    const [ada, bob, eve] = [await joined(url), await joined(url), await joined(url, { subject: 'other.signals' })];
    const [heard, unheard] = [listenTo(bob.signals, 'news'), listenTo(eve.signals, 'news')];
    ada.signals.publish('news', {});
    await heard.contents(1);
    expect(unheard.heard).to.deep.equal([]);
  });

  describe('when the server goes away', () => {
    let server: NatsServer;
    let ada: TestNode;
    let bob: TestNode;

    beforeEach(async () => {
      server = await serve();
      [ada, bob] = [await joined(server.url), await joined(server.url)];
    });

    it('are dropped, and go on when it is back, without a restart of the nodes', async () => {
      await untilHeard(ada, bob, 'before');
      const before = { ...bob.told };
      await server.kill();
      await eventually(async () => ada.signals.isBehind && bob.signals.isBehind, Boolean);
      ada.signals.publish('news', { n: 'lost' });
      await eventually(
        async () => ada.told.lost,
        (lost) => lost === 1,
      );
      await server.restart();
      await untilHeard(ada, bob, 'after');
      await untilHeard(bob, ada, 'back');
      expect(bob.told.missed).to.be.above(before.missed);
      for (const node of [ada, bob]) expectLogged(node);
    });

    it('are dropped, and go on, when it hangs instead of ending', async function () {
      this.timeout(60_000);
      server.freeze();
      const { alive } = ada.told;
      await eventually(async () => ada.signals.isBehind && bob.signals.isBehind, Boolean);
      expect(reasons(ada).join()).to.match(/no answer from the server/);
      expect(ada.told.alive).to.be.within(alive, alive + 1);
      server.thaw();
      await untilHeard(ada, bob, 'after');
    });

    // The client keeps what a connection cannot take, without a bound.
    it('take no more memory than their bound while it hangs', async () => {
      const text = 'x'.repeat(6_900);
      server.freeze();
      for (let n = 0; n < 20_000; n += 1) {
        ada.signals.publish('news', { text });
        if (n % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      // 138 MB were published: what is neither waiting nor with the client was dropped.
      expect(ada.told.lost).to.be.above(16_000);
      server.thaw();
    });

    it('leaves a node that closes meanwhile nothing to wait for', async () => {
      server.freeze();
      ada.signals.publish('news', {});
      await ada.signals.close();
      server.thaw();
      await server.kill();
      await bob.signals.close();
    });
  });

  it('begin when the server comes after the nodes', async () => {
    const server = await serve();
    await server.kill();
    const [ada, bob] = [await joined(server.url), await joined(server.url)];
    expect(ada.signals.isBehind).to.equal(true);
    expect(reasons(ada)).to.deep.equal([`NatsUnreachableError: ${server.host} cannot be reached: ECONNREFUSED`]);
    await server.restart();
    await untilHeard(ada, bob, 'first');
    expectLogged(ada);
    expect(bob.told.missed).to.be.above(0);
  });

  it('go on over the other server of a cluster', async () => {
    const one = await serve();
    const other = await serve({ beside: one });
    const both = `${one.url},${other.url}`;
    const [ada, bob, near] = [await joined(both), await joined(both), await joined(other.url)];
    await untilHeard(ada, near, 'across');
    await one.kill();
    await untilHeard(ada, bob, 'left');
    await untilHeard(near, ada, 'right');
    const late = await joined(both);
    expect(late.logged).to.deep.equal([]);
    await untilHeard(late, near, 'late');
  });

  it('ask for the token, or for the user and the password, that the server wants', async () => {
    const [token, user] = [
      await serve({ settings: 'authorization { token: "s,cret" }' }),
      await serve({ settings: 'authorization { user: ada, password: "p@ss" }' }),
    ];
    for (const url of [`nats://s%2Ccret@${token.host}`, `nats://ada:p%40ss@${user.host}`]) {
      const [ada, bob] = [await joined(url), await joined(url)];
      await untilHeard(ada, bob, 'news');
      expect(ada.logged).to.deep.equal([]);
    }
    for (const url of [token.url, `nats://wrong@${token.host}`, `nats://ada:wrong@${user.host}`]) {
      const refused = await refusalsOf(url);
      expect(refused).to.match(/Authorization Violation/i);
      expect(refused).not.to.contain('wrong');
    }
  });

  for (const [what, permissions] of [
    ['listen', 'subscribe: { deny: ">" }'],
    ['speak', 'publish: { deny: ">" }'],
  ] as const)
    it(`are refused, which is logged once, to a user who may not ${what}`, async () => {
      const settings = `authorization { users: [{ user: ada, password: pass, permissions: { ${permissions} } }] }`;
      const { host } = await serve({ settings });
      const node = await joined(`nats://ada:pass@${host}`);
      expect(node.signals.isBehind).to.equal(true);
      expect(reasons(node).join()).to.match(/Permissions Violation/i);
      expect(node.logged).to.have.lengthOf(1);
    });

  it('are refused where the server takes too small messages', async () => {
    const { url } = await serve({ settings: 'max_payload: 4096' });
    expect(await refusalsOf(url)).to.match(/max_payload of the server is 4096/);
  });

  it('are not begun with what is no NATS', async () => {
    const http = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await once(http, 'listening');
    expect(await refusalsOf(`nats://127.0.0.1:${(http.address() as AddressInfo).port}`)).to.match(/is no NATS server/);
    http.close();
  });
});
