import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { openSocket, served } from '../support/live-socket.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets } from '../support/socket.js';

interface Receipt {
  readonly userId: string;
  readonly deliveredAt: string | null;
  readonly readAt: string | null;
}

/** The sender is on one server, the recipient on another. */
describe('messages that are delivered', function () {
  this.timeout(120_000);
  let nodes: readonly [RunningApp, RunningApp];
  let log: pg.Pool;
  let [ada, bob, cleo]: SignedUp[] = [];

  before(async function () {
    this.timeout(180_000);
    const app = await startApp();
    nodes = [app, await startApp({ beside: app })];
    log = new pg.Pool({ connectionString: app.databaseUrl });
    [ada, bob, cleo] = [await signUp(app, 'ada'), await signUp(app, 'bob'), await signUp(app, 'cleo')];
  });
  afterEach(closeSockets);
  after(async () => {
    await log.end();
    for (const node of [...nodes].reverse()) await node.stop();
  });

  const receiptsOf = async (messageId: string, viewer = ada!) => {
    const path = `/message/v1/${messageId}/receipts`;
    const { body } = await call(nodes[0], 'GET', path, { token: viewer.accessToken });
    return body['receipts'] as Receipt[];
  };
  const untilDelivered = (messageId: string) =>
    eventually(
      () => receiptsOf(messageId),
      ([receipt]) => receipt !== undefined && receipt.deliveredAt !== null,
    );

  it('are told to the sender, live and when asked for, once the recipient’s client has them', async () => {
    const [sender, recipient] = [await openSocket(nodes[0], ada!), await openSocket(nodes[1], bob!)];
    const { messageId, conversationId } = await send(nodes[0], ada!, { recipientId: bob!.userId, text: 'there?' });
    await recipient.next('message.sent');
    const told = await sender.next('message.delivered');
    expect(told).to.include({ userId: bob!.userId, conversationId, messageId, seq: 1 });
    expect(await untilDelivered(messageId)).to.deep.equal([
      { userId: bob!.userId, deliveredAt: told['at'], readAt: null },
    ]);
    const inbox = await call(nodes[1], 'GET', '/conversation/v1', { token: bob!.accessToken });
    expect((inbox.body['conversations'] as object[])[0]).to.include({ unreadCount: 1 });
    await served(recipient, told['position'] as string);
    expect(recipient.frames.filter(({ type }) => type === 'message.delivered')).to.deep.equal([]);
  });

  it('are those that were fetched, and those that a client says that it has when it comes back', async () => {
    const fetched = await send(nodes[0], ada!, { recipientId: bob!.userId, text: 'fetch me' });
    const path = `/message/v1/history?conversationId=${fetched.conversationId}`;
    const headers = { 'X-Min-Position': fetched.position };
    expect((await call(nodes[1], 'GET', path, { token: bob!.accessToken, headers })).status).to.equal(200);
    await untilDelivered(fetched.messageId);
    const found = await send(nodes[0], ada!, { recipientId: bob!.userId, text: 'a needle in a haystack' });
    const search = { token: bob!.accessToken, headers: { 'X-Min-Position': found.position } };
    const hits = await call(nodes[1], 'GET', '/message/v1/search?q=needle', search);
    expect((hits.body['messages'] as { messageId: string }[]).map((hit) => hit.messageId)).to.deep.equal([
      found.messageId,
    ]);
    await untilDelivered(found.messageId);
    const handled = await send(nodes[0], ada!, { recipientId: bob!.userId, text: 'it was there, and then it was cut' });
    await openSocket(nodes[1], bob!, handled.position);
    await untilDelivered(handled.messageId);
  });

  it('are not recorded of one who shows no receipts', async () => {
    const json = { readReceipts: false };
    await call(nodes[0], 'PATCH', '/user/v1/me/settings', { token: cleo!.accessToken, json });
    const [recipient] = [await openSocket(nodes[1], cleo!), await openSocket(nodes[1], bob!)];
    const hidden = await send(nodes[0], ada!, { recipientId: cleo!.userId, text: 'secretly' });
    await recipient.next('message.sent');
    const shown = await send(nodes[0], ada!, { recipientId: bob!.userId, text: 'openly' });
    await untilDelivered(shown.messageId);
    expect(await receiptsOf(hidden.messageId)).to.deep.equal([
      { userId: cleo!.userId, deliveredAt: null, readAt: null },
    ]);
  });

  // The log must not grow with each message by more than what is said of it: a delivery is an event of its own, and later.
  it('cost a group one event for the message, and one for each member who has got it, behind it', async () => {
    const members = [await signUp(nodes[0], 'dora'), await signUp(nodes[0], 'emil')];
    const json = { kind: 'group', title: 'Counted', memberIds: members.map(({ userId }) => userId) };
    const started = await call(nodes[0], 'POST', '/conversation/v1', { token: ada!.accessToken, json });
    const { conversationId } = started.body['conversation'] as { conversationId: string };
    const before = started.body['position'] as string;
    for (const [index, member] of members.entries()) await openSocket(nodes[index % 2]!, member);
    const { messageId, position } = await send(nodes[0], ada!, { conversationId, text: 'to those who are there' });
    await eventually(
      () => receiptsOf(messageId),
      (receipts) => receipts.length === members.length && receipts.every(({ deliveredAt }) => deliveredAt !== null),
    );
    const { rows } = await log.query<{ type: string; position: string }>(
      `select type, position::text from log.events where position > $1 order by position`,
      [before],
    );
    expect(rows.map(({ type }) => type)).to.deep.equal(['MessageSent', ...members.map(() => 'MessagesDelivered')]);
    expect(rows[0]?.position).to.equal(position);
  });

  it('are told page by page, and no page is had with the cursor of another list', async () => {
    const json = { kind: 'group', title: 'All', memberIds: [bob!.userId, cleo!.userId] };
    const started = await call(nodes[0], 'POST', '/conversation/v1', { token: ada!.accessToken, json });
    const { conversationId } = started.body['conversation'] as { conversationId: string };
    const { messageId, position } = await send(nodes[0], ada!, { conversationId, text: 'to all' });
    const headers = { 'X-Min-Position': position };
    const page = (query: string) =>
      call(nodes[0], 'GET', `/message/v1/${messageId}/receipts?${query}`, { token: ada!.accessToken, headers });
    const first = await page('limit=1');
    const second = await page(`limit=1&cursor=${first.body['nextCursor'] as string}`);
    const ids = [first, second].flatMap(({ body }) => (body['receipts'] as Receipt[]).map(({ userId }) => userId));
    expect(ids).to.deep.equal([bob!.userId, cleo!.userId].sort());
    expect(second.body['nextCursor']).to.equal(null);
    for (const query of ['cursor=m14', 'cursor=', 'limit=0', 'limit=1001', 'cursor=r&limit=1'])
      expect((await page(query)).status, query).to.equal(400);
  });
});
