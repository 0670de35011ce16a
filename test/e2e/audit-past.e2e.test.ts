import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors, toolEnvironment } from '../support/audit-calls.js';
import { call, expectProblem } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';

interface Shown {
  readonly messageId: string;
  readonly text: string | null;
  readonly seq: number;
  readonly editedAt: string | null;
  readonly reactions: readonly { readonly emoji: string }[];
  readonly erased?: true;
}

interface Member {
  readonly userId: string;
  readonly role: string;
  readonly displayName: string;
  readonly reading: { readonly unreadCount: number; readonly lastReadMessageId: string | null } | null;
}

const UNKNOWN = '01900000-0000-7000-8000-00000000ffff';

describe('the past, as auditors see it', () => {
  let app: RunningApp;
  let eva: SignedUp;
  let ada: SignedUp;
  let bob: SignedUp;
  let cleo: SignedUp;
  let groupId: string;
  let directId: string;
  const sent: { messageId: string; position: string; sentAt?: string }[] = [];
  /** The position of the log behind each step. */
  const at: Record<string, string> = {};

  const own = (user: SignedUp) => ({ token: user.accessToken });
  const noted = async (step: string, answer: ReturnType<typeof call>) => {
    const { status, headers, text } = await answer;
    expect(status, text).to.be.below(300);
    at[step] = headers.get('x-position') ?? '';
  };
  const say = async (from: SignedUp, text: string, to: object) => {
    const message = await send(app, from, { ...to, text });
    sent.push(message);
    return message;
  };

  before(async function () {
    this.timeout(120_000);
    app = await startApp();
    [eva, ada, bob, cleo] = [
      await signUp(app, 'eva'),
      await signUp(app, 'ada'),
      await signUp(app, 'bob'),
      await signUp(app, 'cleo'),
    ];
    await makeAuditors(app, eva);
    const group = await call(app, 'POST', '/conversation/v1', {
      ...own(ada),
      json: { kind: 'group', title: 'Engines', memberIds: [bob.userId] },
    });
    groupId = (group.body['conversation'] as { conversationId: string }).conversationId;
    at['started'] = group.body['position'] as string;
    const first = await say(ada, 'the first text', { conversationId: groupId });
    await say(ada, 'hello @bob', { conversationId: groupId });
    const path = `/message/v1/${first.messageId}`;
    await noted('reacted', call(app, 'PUT', `${path}/reactions/${encodeURIComponent('👍')}`, own(bob)));
    await noted('edited', call(app, 'PATCH', path, { ...own(ada), json: { text: 'the second text' } }));
    const json = { conversationId: groupId, messageId: first.messageId };
    await noted('read', call(app, 'POST', '/message/v1/read', { ...own(bob), json }));
    await noted('deleted', call(app, 'DELETE', path, own(ada)));
    await noted(
      'joined',
      call(app, 'POST', `/conversation/v1/${groupId}/members`, { ...own(ada), json: { userIds: [cleo.userId] } }),
    );
    await noted('left', call(app, 'DELETE', `/conversation/v1/${groupId}/members/${bob.userId}`, own(bob)));
    directId = (await say(ada, 'to you alone', { recipientId: bob.userId })).conversationId;
    await noted('blocked', call(app, 'PUT', `/user/v1/blocks/${ada.userId}`, own(bob)));
    await noted('hidden', call(app, 'PATCH', '/user/v1/me/settings', { ...own(bob), json: { readReceipts: false } }));
  });
  after(() => app.stop());

  const ask = (path: string) => auditing(app, eva)('GET', path);
  const found = async <Body>(path: string): Promise<Body> => {
    const { status, text, body } = await ask(path);
    expect(status, text).to.equal(200);
    return body as unknown as Body;
  };
  type Page = Readonly<{ messages: Shown[]; nextCursor: string | null; asOf: string; undecodable: string[] }>;
  const messages = (query: string) => found<Page>(`/conversations/${groupId}/messages?${query}`);
  const textsAt = async (asOf = '') => (await messages(`asOf=${asOf}`)).messages.map(({ text }) => text);
  type Conversation = Readonly<{ title: string; members: Member[]; messageCount: number }>;
  const conversation = (query: string, id = groupId) =>
    found<Readonly<{ conversation: Conversation; viewer: Record<string, unknown> | null }>>(
      `/conversations/${id}?${query}`,
    );

  it('has the messages as they were at each position', async () => {
    expect(await textsAt(sent[0]?.position)).to.deep.equal(['the first text']);
    expect(await textsAt(at['reacted'])).to.deep.equal(['hello @bob', 'the first text']);
    expect(await textsAt(at['edited'])).to.deep.equal(['hello @bob', 'the second text']);
    expect(await textsAt(at['deleted'])).to.deep.equal(['hello @bob', null]);
    const [, first] = (await messages(`asOf=${at['reacted']}`)).messages;
    expect(first).to.deep.include({ seq: 1, editedAt: null });
    expect(first?.reactions.map(({ emoji }) => emoji)).to.deep.equal(['👍']);
  });

  it('is found by time, and without one is what is now', async () => {
    const { events } = await found<{ events: { recordedAt: string }[] }>(
      `/events?after=${Number(at['edited']) - 1}&limit=1`,
    );
    const [edited] = events;
    expect(await textsAt(edited?.recordedAt)).to.include('the second text');
    const now = await found<Page>(`/conversations/${groupId}/messages`);
    expect(now.messages.map(({ text }) => text)).to.deep.equal(['hello @bob', null]);
    expect(now.undecodable).to.deep.equal([]);
  });

  it('comes page by page, the newest first', async () => {
    const one = await messages(`asOf=${at['edited']}&limit=1`);
    expect(one.messages.map(({ seq }) => seq)).to.deep.equal([2]);
    const other = await messages(`asOf=${at['edited']}&limit=1&cursor=${one.nextCursor}`);
    expect(other.messages.map(({ seq, text }) => [seq, text])).to.deep.equal([[1, 'the second text']]);
    expect(other.nextCursor).to.equal(null);
  });

  it('has the members of a conversation, and how far they had read', async () => {
    const rolesAt = async (step: string) =>
      (await conversation(`asOf=${at[step]}`)).conversation.members.map(({ userId, role }) => [userId, role]);
    expect(await rolesAt('started')).to.deep.equal([
      [ada.userId, 'owner'],
      [bob.userId, 'member'],
    ]);
    expect(await rolesAt('left')).to.deep.equal([
      [ada.userId, 'owner'],
      [cleo.userId, 'member'],
    ]);
    const readingAt = async (step: string) =>
      (await conversation(`asOf=${at[step]}`)).conversation.members.find(({ userId }) => userId === bob.userId)
        ?.reading;
    expect(await readingAt('edited')).to.include({ unreadCount: 2, lastReadMessageId: null });
    expect(await readingAt('read')).to.include({ unreadCount: 1, lastReadMessageId: sent[0]?.messageId });
  });

  it('is shown as a member saw it', async () => {
    const { viewer } = await conversation(`asOf=${at['read']}&viewer=${bob.userId}`);
    expect(viewer).to.include({ unreadCount: 1, mentionCount: 1, canWrite: true });
    const page = await messages(`asOf=${at['joined']}&viewer=${cleo.userId}`);
    expect(page.messages).to.have.length(2);
    for (const path of [
      `/conversations/${groupId}`,
      `/conversations/${groupId}/messages`,
      `/messages/${sent[0]?.messageId}`,
    ])
      for (const [step, user] of [
        ['read', cleo],
        ['left', bob],
      ] as const)
        expectProblem(await ask(`${path}?asOf=${at[step]}&viewer=${user.userId}`), 404, 'not_a_member');
  });

  it('knows of blocks and receipts as they were then', async () => {
    const seenBy = async (step: string) => {
      const { conversation: shown, viewer } = await conversation(`asOf=${at[step]}&viewer=${ada.userId}`, directId);
      const reading = shown.members.find(({ userId }) => userId === bob.userId)?.reading;
      return [viewer?.['canWrite'], reading === null];
    };
    at['direct'] = sent.at(-1)?.position ?? '';
    expect(await seenBy('direct')).to.deep.equal([true, false]);
    expect(await seenBy('blocked')).to.deep.equal([false, false]);
    expect(await seenBy('hidden')).to.deep.equal([false, true]);
  });

  it('has one message, and a user, as they were', async () => {
    const message = await found<{ message: Shown }>(`/messages/${sent[0]?.messageId}?asOf=${at['reacted']}`);
    expect(message.message).to.include({ text: 'the first text', seq: 1 });
    const userAt = async (step: string) =>
      (await found<{ user: { blocks: string[]; settings: object } }>(`/users/${bob.userId}?asOf=${at[step]}`)).user;
    expect((await userAt('direct')).blocks).to.deep.equal([]);
    expect(await userAt('hidden')).to.deep.include({ status: 'registered', username: 'bob', blocks: [ada.userId] });
    expect((await userAt('hidden')).settings).to.include({ readReceipts: false });
  });

  const refused: Record<string, () => [path: string, status: number, code: string]> = {
    'a position beyond the log': () => [`/conversations/${groupId}?asOf=${10n ** 18n}`, 400, 'audit_moment_unknown'],
    'a time to come': () => [
      `/conversations/${groupId}/messages?asOf=2999-01-01T00:00:00Z`,
      400,
      'audit_moment_unknown',
    ],
    'a number that is no position': () => [`/users/${ada.userId}?asOf=${10n ** 30n}`, 400, 'invalid_request'],
    'a moment in words': () => [`/conversations/${groupId}?asOf=yesterday`, 400, 'invalid_request'],
    'a conversation that had not begun': () => [`/conversations/${groupId}?asOf=1`, 404, 'conversation_not_found'],
    'messages of one that had not begun': () => [
      `/conversations/${groupId}/messages?asOf=1`,
      404,
      'conversation_not_found',
    ],
    'a time before everything': () => [
      `/conversations/${groupId}?asOf=1999-01-01T00:00:00Z`,
      404,
      'conversation_not_found',
    ],
    'a conversation that there is not': () => [`/conversations/${UNKNOWN}/messages`, 404, 'conversation_not_found'],
    'a message before it was sent': () => [
      `/messages/${sent[0]?.messageId}?asOf=${at['started']}`,
      404,
      'message_not_found',
    ],
    'a user before they registered': () => [`/users/${ada.userId}?asOf=0`, 404, 'user_not_found'],
    'a viewer who is nobody': () => [`/conversations/${groupId}?viewer=${UNKNOWN}`, 404, 'not_a_member'],
    'a cursor of another conversation': () => [
      `/conversations/${groupId}/messages?cursor=p${directId}.9`,
      400,
      'invalid_request',
    ],
    'a cursor that is none': () => [`/conversations/${groupId}/messages?cursor=m1`, 400, 'invalid_request'],
    'a viewer that is no id': () => [`/conversations/${groupId}?viewer=ada`, 400, 'invalid_request'],
  };
  for (const [what, make] of Object.entries(refused))
    it(`refuses ${what}`, async () => {
      const [path, status, code] = make();
      expectProblem(await ask(path), status, code);
    });

  it('takes a role and a reason, and is recorded with its filter and whom it showed', async () => {
    const path = `/conversations/${groupId}/messages?asOf=${at['edited']}&limit=1`;
    expectProblem(await auditing(app, ada)('GET', path), 403, 'forbidden');
    expectProblem(await call(app, 'GET', `/audit/v1${path}`, own(eva)), 400, 'audit_reason_required');
    await ask(path);
    const { events } = await found<{ events: { data: Record<string, unknown> }[] }>(
      `/events?type=AuditAnswered&actorId=${eva.userId}&limit=500`,
    );
    expect(events.at(-1)?.data).to.deep.include({
      call: 'GET /audit/v1/conversations/:conversationId/messages',
      filter: { conversationId: groupId, asOf: at['edited'] },
      results: 1,
    });
  });

  it('is shown in the terminal, where it is recorded too', async () => {
    const run = (...args: string[]) => chatappHere(toolEnvironment(app), 'log', 'show', ...args);
    const asked = [
      '--conversation',
      groupId,
      '--as-of',
      at['edited'] ?? '',
      '--viewer',
      'bob',
      '--reason',
      'Complaint 2026-17',
    ];
    const shown = await run(...asked);
    expect(shown.code, shown.err).to.equal(0);
    expect(shown.out).to.match(
      new RegExp(`^as of position ${at['edited']}\n#1 .*"the second text".*edited.*\n#2 .*"hello @bob"`),
    );
    const { events } = await found<{ events: { data: object }[] }>('/events?type=AuditAnswered&limit=500');
    expect(events.at(-1)?.data).to.deep.include({ call: 'chatapp log show', auditorId: null, results: 2 });
    for (const wrong of [
      asked.slice(2),
      asked.slice(0, -2),
      [...asked, '--as-of', 'yesterday'],
      [...asked, '--viewer', 'cleo'],
    ])
      expect((await run(...wrong)).code).to.equal(1);
  });

  it('says of what an erased user wrote that it is gone', async () => {
    const json = { password: ada.password };
    expect((await call(app, 'DELETE', '/user/v1/me', { ...own(ada), json })).status).to.equal(202);
    const shown = await eventually(
      async () => (await messages(`asOf=${at['edited']}`)).messages.map(({ text, erased }) => [text, erased]),
      ([first]) => first?.[1] === true,
    );
    expect(shown).to.deep.equal([
      ['erased', true],
      ['erased', true],
    ]);
    const { conversation: group } = await conversation(`asOf=${at['edited']}`);
    expect([group.title, group.members[0]?.displayName]).to.deep.equal(['erased', 'erased']);
  });
});
