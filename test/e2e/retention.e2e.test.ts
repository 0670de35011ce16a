import 'reflect-metadata';
import { expect } from 'chai';
import type { EventStore } from '../../src/application/ports/event-store.js';
import type { ConversationId, Instant, UserId } from '../../src/domain/kernel/ids.js';
import { loadConfig } from '../../src/infrastructure/config.js';
import { createIdentifiers } from '../../src/infrastructure/identifiers.js';
import { openTool } from '../../src/infrastructure/tool/open-tool.js';
import type { Tool } from '../../src/interfaces/cli/tool.js';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors, toolEnvironment } from '../support/audit-calls.js';
import { call, expectProblem } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { openSocket } from '../support/live-socket.js';
import { history, send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets } from '../support/socket.js';

const DAY_MS = 86_400_000;
const identifiers = createIdentifiers();

/** Appends a message that was sent so many days ago: nobody can do so through the server. */
const sentBefore = async (
  events: EventStore,
  from: SignedUp,
  conversationId: string,
  days: number,
): Promise<string> => {
  const [messageId, commandId] = [identifiers.newMessageId(), identifiers.newCommandId()];
  const sentAt = new Date(Date.now() - days * DAY_MS).toISOString() as Instant;
  const senderId = from.userId as UserId;
  const data = {
    messageId,
    conversationId: conversationId as ConversationId,
    senderId,
    text: 'an old word',
    replyTo: null,
    sentAt,
  };
  const metadata = {
    ...{ commandId, correlationId: commandId, causationId: commandId, actorId: senderId, sessionId: null },
    recordedAt: sentAt,
  };
  const event = { eventId: identifiers.eventId(commandId, 0), type: 'MessageSent', data, metadata };
  await events.append({
    streams: [{ streamId: `message-${messageId}` as never, expected: 'no stream', events: [event] }],
  });
  return messageId;
};

describe('retention', () => {
  let nodes: readonly [RunningApp, RunningApp];
  let app: RunningApp;
  let tool: Tool;
  let eva: SignedUp;
  let ada: SignedUp;
  let bob: SignedUp;
  let conversationId: string;

  before(async function () {
    this.timeout(300_000);
    const env = { RETENTION_CHECK_SECONDS: '1s' };
    app = await startApp({ env });
    nodes = [app, await startApp({ beside: app, env: { ...env, DATA_DIR: app.dataDir } })];
    [eva, ada, bob] = [await signUp(app, 'eva'), await signUp(app, 'ada'), await signUp(app, 'bob')];
    await makeAuditors(app, eva);
    ({ conversationId } = await send(app, ada, { recipientId: bob.userId, text: 'a young word' }));
    tool = await openTool(loadConfig({ ...process.env, MONGODB_URL: '', ...toolEnvironment(app) }));
  });
  afterEach(closeSockets);
  after(async () => {
    await tool.close();
    await nodes[1].stop();
    await app.stop();
  });

  const audited = (method: string, path: string) => auditing(app, eva)(method, path);
  const old = (from: SignedUp, days: number, where = conversationId) => sentBefore(tool.events, from, where, days);
  const textOf = async (messageId: string): Promise<unknown> => {
    const answer = await call(app, 'GET', `/message/v1/${messageId}`, { token: bob.accessToken });
    return answer.status === 200 ? answer.body['text'] : answer.status;
  };
  const gone = (messageId: string) =>
    eventually(
      () => textOf(messageId),
      (text) => text === null,
    );

  it('is set by auditors, and keeps everything until then', async () => {
    expect((await audited('GET', '/retention')).body).to.deep.equal({ general: null, conversations: [] });
    expectProblem(await auditing(app, ada)('PUT', '/retention?days=30'), 403, 'forbidden');
    for (const wrong of ['0', '-1', '1.5', '10000', 'soon', '']) {
      expectProblem(await audited('PUT', `/retention?days=${wrong}`), 400, 'invalid_request');
    }
    const silent = await call(app, 'PUT', '/audit/v1/retention?days=30', { token: eva.accessToken });
    expectProblem(silent, 400, 'audit_reason_required');
    const nowhere = '/retention/conversations/01900000-0000-7000-8000-00000000ffff?days=30';
    expectProblem(await audited('PUT', nowhere), 404, 'conversation_not_found');
  });

  it('has old messages go from histories and searches, is told live, and once, and the log keeps them', async () => {
    const messageId = await old(ada, 40);
    await eventually(
      () => textOf(messageId),
      (text) => text === 'an old word',
    );
    const socket = await openSocket(nodes[1], bob);
    expect((await audited('PUT', '/retention?days=30')).status).to.equal(204);
    const frame = await socket.next('message.deleted');
    expect(frame).to.have.nested.property('message.messageId', messageId);
    await gone(messageId);
    const messages = await history(app, bob, conversationId, '0');
    expect(messages.map(({ text }) => text)).to.include('a young word');
    const found = await call(app, 'GET', '/message/v1/search?q=old', { token: bob.accessToken });
    expect(found.body['messages']).to.deep.equal([]);
    const { body } = await audited('GET', `/messages/${messageId}/versions`);
    const versions = body['versions'] as { change: string; text: string | null; by: string | null }[];
    expect(versions.map(({ change, text, by }) => [change, text, by])).to.deep.equal([
      ['sent', 'an old word', ada.userId],
      ['deleted', null, null],
    ]);
  }).timeout(60_000);

  it('spares what is held, until the hold is lifted', async () => {
    await audited('PUT', `/holds/${bob.userId}`);
    const [held, other] = [await old(ada, 40), await signUp(app, 'cleo')];
    const free = await send(app, other, { recipientId: eva.userId, text: 'hello' });
    const unheld = await old(other, 40, free.conversationId);
    await eventually(
      async () => (await call(app, 'GET', `/message/v1/${unheld}`, { token: eva.accessToken })).body['text'],
      (text) => text === null,
    );
    expect(await textOf(held)).to.equal('an old word');
    await audited('DELETE', `/holds/${bob.userId}`);
    await gone(held);
  }).timeout(60_000);

  it('has a conversation keep its messages by a rule of its own, or by a hold', async () => {
    const path = `/retention/conversations/${conversationId}`;
    expect((await audited('PUT', `${path}?days=never`)).status).to.equal(204);
    const messageId = await old(ada, 40);
    expect((await audited('PUT', `/holds/conversations/${conversationId}`)).status).to.equal(204);
    expect((await audited('DELETE', path)).status).to.equal(204);
    const other = await send(app, eva, { recipientId: bob.userId, text: 'hello' });
    const unheld = await old(eva, 40, other.conversationId);
    await gone(unheld);
    expect(await textOf(messageId)).to.equal('an old word');
    await audited('DELETE', `/holds/conversations/${conversationId}`);
    await gone(messageId);
  }).timeout(60_000);
});
