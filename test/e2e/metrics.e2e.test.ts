import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { openSocket } from '../support/live-socket.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets, connect } from '../support/socket.js';

const LONG_MS = 120_000;
/** The largest message, and more of them than a connection of this machine holds for a client that does not read. */
const LARGEST = '\u{1F4E3}'.repeat(8_000);
const MANY = 600;
const AT_ONCE = 20;

/** Answers what each line of the metrics says, by its name and labels. */
const valuesIn = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );

// What only the types of metrics were looked at for could stop counting unseen.
describe('The metrics of a server', function () {
  this.timeout(LONG_MS);
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;

  before(async () => {
    app = await startApp();
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
  });
  afterEach(closeSockets);
  after(() => app.stop());

  const values = async () => valuesIn((await call(app, 'GET', '/metrics')).text);

  /** Waits until the names count so much more than before. The metrics are made once a second. */
  const grown = async (before: ReadonlyMap<string, number>, growth: Readonly<Record<string, number>>) => {
    const isGrown = (now: ReadonlyMap<string, number>) =>
      Object.entries(growth).every(([name, by]) => (now.get(name) ?? 0) >= (before.get(name) ?? 0) + by);
    const now = await eventually(
      async () => Object.fromEntries(await values()),
      (all) => isGrown(new Map(Object.entries(all))),
    );
    return new Map(Object.entries(now));
  };

  it('count appends, how long they take and how many are committed together, and what projections do with them', async () => {
    const before = await values();
    for (let n = 0; n < 5; n += 1) await send(app, ada, { recipientId: bob.userId, text: 'counted' });
    const after = await grown(before, {
      chatapp_append_seconds_count: 5,
      chatapp_append_group_size_count: 5,
      chatapp_append_group_size_sum: 5,
      chatapp_events_appended_total: 6,
      'chatapp_projected_events_total{projection="messages"}': 5,
      'chatapp_projection_position{projection="messages"}': 5,
      'chatapp_http_request_seconds_count{method="POST",route="/message/v1/send",status="201"}': 5,
    });
    expect(after.get('chatapp_append_seconds_sum')).to.be.above(before.get('chatapp_append_seconds_sum') ?? 0);
    expect(after.get('chatapp_appends_waiting')).to.equal(0);
    for (const projection of ['users', 'messages', 'media', 'search', 'mail'])
      expect(after.get(`chatapp_projection_lag_events{projection="${projection}"}`), projection).to.be.a('number');
    for (const consumer of ['projection messages', 'live feed', 'mailer'])
      expect(after.get(`chatapp_consumer_lag_seconds{consumer="${consumer}"}`), consumer).to.be.a('number');
  });

  it('count sockets, frames, and the sockets that are closed', async () => {
    const before = await values();
    const [one, two] = [await openSocket(app, ada), await openSocket(app, bob)];
    await send(app, ada, { recipientId: bob.userId, text: 'told to both' });
    await Promise.all([one.next('message.sent'), two.next('message.sent')]);
    await grown(before, {
      chatapp_sockets: 2,
      chatapp_frames_received_total: 2, // both have logged in by a frame
      chatapp_frames_sent_total: 4, // and were told that they are ready, and of the message
    });
    two.ws.send('not JSON');
    expect(await two.closed).to.equal(4400);
    await one.close();
    await grown(before, { 'chatapp_sockets_closed_total{reason="malformed"}': 1 });
    await eventually(
      async () => (await values()).get('chatapp_sockets'),
      (open) => open === 0,
    );
  });

  it('count the stages of a message', async () => {
    const before = await values();
    const socket = await openSocket(app, ada);
    socket.send({ type: 'send', id: '1', recipientId: bob.userId, text: 'by a frame' });
    await socket.answerTo('1');
    const stages = ['committed', 'projected', 'written'];
    const names = stages.map((stage) => [`chatapp_message_stage_seconds_count{stage="${stage}"}`, 1] as const);
    await grown(before, Object.fromEntries(names));
  });

  it('count sockets whose backlog is too large', async () => {
    const before = await values();
    const slow = await connect(app, bob.accessToken);
    await slow.next('ready');
    slow.ws.pause();
    for (let sent = 0; sent < MANY; sent += AT_ONCE)
      await Promise.all(
        Array.from({ length: AT_ONCE }, () => send(app, ada, { recipientId: bob.userId, text: LARGEST })),
      );
    await grown(before, { 'chatapp_sockets_closed_total{reason="tooSlow"}': 1 });
  });

  it('count mails, and what nobody has sent yet', async () => {
    const before = await values();
    await signUp(app, 'cleo');
    const after = await grown(before, { 'chatapp_mails_total{outcome="sent"}': 1 });
    expect(after.get('chatapp_mails_waiting')).to.be.a('number');
  });

  it('tell how late the event loop is', async () => {
    const now = await values();
    for (const name of ['nodejs_eventloop_lag_p99_seconds', 'nodejs_eventloop_lag_seconds'])
      expect(now.get(name), name).to.be.above(0);
  });
});
