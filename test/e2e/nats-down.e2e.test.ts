import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { openSocket } from '../support/live-socket.js';
import { describeOnNats, startNats, type NatsServer } from '../support/nats.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets, type Socket } from '../support/socket.js';
import { untilSaid } from '../support/until-said.js';

interface Readiness {
  readonly checks: { readonly signals: { readonly ok: boolean; readonly detail: string } };
}

const occurrences = (text: string, part: string): number => text.split(part).length - 1;

describeOnNats('Two nodes whose NATS is away', function () {
  this.timeout(90_000);
  let nats: NatsServer;
  let app: RunningApp;
  let other: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;

  before(async function () {
    this.timeout(180_000);
    nats = await startNats();
    await nats.kill();
    const env = { NATS_URL: nats.url, READY_MAX_LAG: '1s' };
    app = await startApp({ env });
    other = await startApp({ beside: app, env });
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
  });
  afterEach(closeSockets);
  after(async () => {
    await other.stop();
    await app.stop();
    await nats.stop();
  });

  const readiness = async (node = app) => {
    const { status, body } = await call(node, 'GET', '/readyz');
    return { status, signals: (body as unknown as Readiness).checks.signals };
  };
  /** Resolves when a watcher on one node is shown a user who is connected to the other. */
  const untilSeen = async (watching: Socket) => {
    while ((await watching.next('presence'))['status'] !== 'online');
  };

  it('have started, say so once, and stay ready', async () => {
    for (const node of [app, other]) {
      const { status, signals } = await eventually(
        () => readiness(node),
        (found) => found.signals.detail !== 'comes on',
      );
      expect(status).to.equal(200);
      expect(signals.ok).to.equal(true);
      expect(signals.detail).to.match(/no sign of life for \d+ s: typing and presence of users on other nodes are not/);
      expect(occurrences(node.output(), 'NATS is out of reach')).to.equal(1);
    }
  });

  it('deliver messages from node to node, and show presence once NATS comes', async () => {
    const [watching, near] = [await openSocket(app, ada), await openSocket(other, bob)];
    await send(app, ada, { recipientId: bob.userId, text: 'without signals' });
    expect(await near.next('message.sent')).to.have.nested.property('message.text', 'without signals');
    watching.send({ type: 'presence.watch', userIds: [bob.userId] });
    expect(await watching.next('presence')).to.include({ status: 'offline' });
    await nats.restart();
    await untilSeen(watching);
    expect((await readiness()).signals).to.deep.equal({ ok: true, detail: 'comes on' });
  });

  it('lose each other when it goes, deliver all the same, and find each other when it is back', async () => {
    const [watching, near] = [await openSocket(app, ada), await openSocket(other, bob)];
    watching.send({ type: 'presence.watch', userIds: [bob.userId] });
    await untilSeen(watching);
    await nats.kill();
    expect(await watching.next('presence')).to.include({ status: 'offline' });
    await send(app, ada, { recipientId: bob.userId, text: 'still there' });
    expect(await near.next('message.sent')).to.have.nested.property('message.text', 'still there');
    expect((await readiness()).status).to.equal(200);
    await nats.restart();
    await untilSeen(watching);
    await untilSaid(app, 'NATS is within reach again');
    const { text } = await call(app, 'GET', '/metrics');
    expect(Number(/chatapp_signals_lost_total (\d+)/.exec(text)?.[1])).to.be.above(0);
  });
});
