import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors } from '../support/audit-calls.js';
import { call, expectProblem } from '../support/call.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';

const UNKNOWN = '01900000-0000-7000-8000-00000000ffff';

interface Listed {
  readonly conversation: {
    readonly conversationId: string;
    readonly title: string | null;
    readonly memberCount: number;
    readonly lastMessage: { readonly text: string } | null;
  };
  readonly viewer: { readonly unreadCount: number; readonly canWrite: boolean };
}

describe('the conversations of a user at a moment, as auditors see them', () => {
  let app: RunningApp;
  let eva: SignedUp;
  let ada: SignedUp;
  let bob: SignedUp;
  let groupId: string;
  let directId: string;
  /** The position of the log behind each step. */
  const at: Record<string, string> = {};

  before(async function () {
    this.timeout(120_000);
    app = await startApp();
    [eva, ada, bob] = [await signUp(app, 'eva'), await signUp(app, 'ada'), await signUp(app, 'bob')];
    await makeAuditors(app, eva);
    const json = { kind: 'group', title: 'Engines', memberIds: [bob.userId] };
    const group = await call(app, 'POST', '/conversation/v1', { token: ada.accessToken, json });
    groupId = (group.body['conversation'] as { conversationId: string }).conversationId;
    at['started'] = group.body['position'] as string;
    at['said'] = (await send(app, ada, { conversationId: groupId, text: 'to all' })).position;
    const direct = await send(app, ada, { recipientId: bob.userId, text: 'to you alone' });
    [directId, at['direct']] = [direct.conversationId, direct.position];
    at['again'] = (await send(app, ada, { conversationId: groupId, text: 'to all again' })).position;
    const own = { token: bob.accessToken };
    const blocked = await call(app, 'PUT', `/user/v1/blocks/${ada.userId}`, own);
    at['blocked'] = blocked.headers.get('x-position') ?? '';
    const left = await call(app, 'DELETE', `/conversation/v1/${groupId}/members/${bob.userId}`, own);
    at['left'] = left.headers.get('x-position') ?? '';
  });
  after(() => app.stop());

  const ask = (path: string) => auditing(app, eva)('GET', path);
  const listed = async (user: SignedUp, query: string) => {
    const { status, text, body } = await ask(`/users/${user.userId}/conversations?${query}`);
    expect(status, text).to.equal(200);
    return body as unknown as { conversations: Listed[]; nextCursor: string | null; asOf: string };
  };
  const textsAt = async (user: SignedUp, step: string) =>
    (await listed(user, `asOf=${at[step]}`)).conversations.map(({ conversation }) => conversation.lastMessage?.text);

  it('are those that they were in, the one with the newest message first', async () => {
    expect(await textsAt(bob, 'started')).to.deep.equal([undefined]);
    expect(await textsAt(bob, 'said')).to.deep.equal(['to all']);
    expect(await textsAt(bob, 'direct')).to.deep.equal(['to you alone', 'to all']);
    expect(await textsAt(bob, 'again')).to.deep.equal(['to all again', 'to you alone']);
    expect(await textsAt(bob, 'left')).to.deep.equal(['to you alone']);
    expect(await textsAt(ada, 'left')).to.deep.equal(['to all again', 'to you alone']);
    expect(await textsAt(eva, 'left')).to.deep.equal([]);
  });

  it('are shown as they saw them', async () => {
    const { conversations } = await listed(bob, `asOf=${at['again']}`);
    const [group] = conversations;
    expect(group?.conversation).to.include({ conversationId: groupId, title: 'Engines', memberCount: 2 });
    expect(group?.viewer).to.include({ unreadCount: 2 });
    const ofAda = (await listed(ada, `asOf=${at['blocked']}`)).conversations;
    expect(ofAda.map(({ viewer: { unreadCount, canWrite } }) => [unreadCount, canWrite])).to.deep.equal([
      [0, true],
      [0, false],
    ]);
  });

  it('come page by page, and without a moment are those of now', async () => {
    const one = await listed(ada, 'limit=1');
    expect(one.conversations.map(({ conversation }) => conversation.conversationId)).to.deep.equal([groupId]);
    const other = await listed(ada, `limit=1&asOf=${one.asOf}&cursor=${one.nextCursor}`);
    expect(other.conversations.map(({ conversation }) => conversation.conversationId)).to.deep.equal([directId]);
    expect(other.nextCursor).to.equal(null);
  });

  it('are refused of nobody, of a moment that is none, and behind a place that is none', async () => {
    const path = `/users/${bob.userId}/conversations`;
    expectProblem(await ask(`${path}?asOf=1`), 404, 'user_not_found');
    expectProblem(await ask(`/users/${UNKNOWN}/conversations`), 404, 'user_not_found');
    expectProblem(await ask(`${path}?asOf=${10n ** 18n}`), 400, 'audit_moment_unknown');
    for (const wrong of ['cursor=m1', 'cursor=c', 'limit=0', 'limit=51', 'limit=x', 'asOf=yesterday', 'viewer=x'])
      expectProblem(await ask(`${path}?${wrong}`), 400, 'invalid_request');
    expectProblem(await auditing(app, ada)('GET', path), 403, 'forbidden');
    expectProblem(await call(app, 'GET', `/audit/v1${path}`, { token: eva.accessToken }), 400, 'audit_reason_required');
  });

  it('are recorded with whom they showed', async () => {
    await listed(bob, `asOf=${at['again']}`);
    const last = async (type: string) => {
      const { body } = await ask(`/events?type=${type}&limit=500`);
      return (body['events'] as { data: Record<string, unknown> }[]).at(-1)?.data ?? {};
    };
    const record = await last('AuditAnswered');
    expect(record).to.include({ call: 'GET /audit/v1/users/:userId/conversations', results: 2 });
    const shown = await last('UsersAudited');
    expect(shown['callId']).to.equal(record['callId']);
    expect(shown['userIds']).to.include.members([ada.userId, bob.userId]);
  });
});
