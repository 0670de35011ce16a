import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { chatapp } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { rawDump } from '../support/raw-dump.js';
import { unzipped } from '../support/unzipped.js';
import { history, logIn, signUp, type SignedUp, type LoggedIn } from '../support/signed-up.js';
import { call, expectProblem } from '../support/call.js';
import { closeSockets, connect } from '../support/socket.js';

/** This word is in everything that is hers, and nowhere else. */
const MARKER = 'zebra7f3a';
const WAVE = encodeURIComponent('👋');
/** A server tries within a minute; where it comes too early, it leaves the tables alone for twenty times as long as that took. */
const PURGED_WITHIN_MS = 150_000;

/** This reads every file of the database: tables, indexes and what PostgreSQL keeps for itself. */
const FILES = `
  select pg_read_binary_file(path) as bytes from (select pg_relation_filepath(oid) as path from pg_class) f
   where path is not null`;

describe('the erasure of a user', () => {
  let app: RunningApp;
  let pool: pg.Pool;
  let ada: SignedUp;
  let bob: SignedUp;
  let session: LoggedIn;
  let conversationId: string;
  let groupId: string;
  let greetingId: string;
  let erasedAt: string;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    ada = await signUp(app, MARKER);
    bob = await signUp(app, 'bob');
    session = await logIn(app, ada, { device: `phone of ${MARKER}` });
    await as(ada, 'PATCH', '/user/v1/me', { displayName: `Ada ${MARKER}`, bio: `I am ${MARKER}` });
    const sent = await as(ada, 'POST', '/message/v1/send', { recipientId: bob.userId, text: `I, ${MARKER}` });
    conversationId = sent.body['conversationId'] as string;
    await as(ada, 'PATCH', `/message/v1/${sent.body['messageId'] as string}`, { text: `I am ${MARKER}` });
    const hello = await as(bob, 'POST', '/message/v1/send', { conversationId, text: 'Hello' });
    greetingId = hello.body['messageId'] as string;
    for (const user of [ada, bob]) await as(user, 'PUT', `/message/v1/${greetingId}/reactions/${WAVE}`);
    await as(ada, 'PUT', `/conversation/v1/${conversationId}/pins/${greetingId}`);
    const group = { kind: 'group', title: `Friends of ${MARKER}`, memberIds: [bob.userId] };
    groupId = ((await as(ada, 'POST', '/conversation/v1', group)).body['conversation'] as { conversationId: string })
      .conversationId;
    await as(bob, 'PUT', `/user/v1/contacts/${ada.userId}`);
    await call(app, 'POST', '/user/v1/password/forgot', { json: { email: ada.email } });
    await as(ada, 'GET', '/conversation/v1'); // This waits for what she has written: her other session will not.
  });
  after(async () => {
    closeSockets();
    await pool.end();
    await app.stop();
  });

  const as = ({ accessToken: token }: Pick<SignedUp, 'accessToken'>, method: string, path: string, json?: object) =>
    call(app, method, path, { token, ...(json && { json }) });
  const holdsMarker = async (isWanted?: (table: string) => boolean) => (await rawDump(pool, isWanted)).includes(MARKER);
  const keptMails = async () => {
    const folder = join(app.dataDir, 'mail');
    const names = await readdir(folder);
    return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
  };

  it('is preceded by a log that shows nothing personal to who has its bytes', async () => {
    expect(await holdsMarker(), 'read models, to answer from').to.equal(true);
    expect(await holdsMarker((table) => table.startsWith('log.'))).to.equal(false);
    expect(await holdsMarker((table) => table.startsWith('security.'))).to.equal(false);
    expect(app.output()).not.to.include(`Ada ${MARKER}`);
  });

  it('can be preceded by an export of everything that is held', async () => {
    const response = await fetch(`${app.url}/user/v1/me/export`, {
      headers: { authorization: `Bearer ${session.accessToken}` },
    });
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('application/zip');
    expect(response.headers.get('content-disposition')).to.match(/^attachment; filename="chatapp-export-[\d-]+\.zip"$/);
    const files = await unzipped(Buffer.from(await response.arrayBuffer()));
    const read = (name: string) => JSON.parse(files.get(name) ?? 'null') as unknown;
    expect([...files.keys()].sort()).to.deep.equal(
      [
        'audits',
        'blocks',
        'contacts',
        'conversations',
        'deliveries',
        'history',
        'media',
        'messages',
        'pins',
        'profile',
        'reactions',
        'sessions',
        'settings',
      ].map((name) => `${name}.json`),
    );
    expect(read('profile.json')).to.include({ email: ada.email, bio: `I am ${MARKER}` });
    expect((read('sessions.json') as { device: string }[])[0]).to.include({ device: `phone of ${MARKER}` });
    const texts = (read('messages.json') as { text: string }[]).map(({ text }) => text);
    expect(texts, 'hers, and of others none').to.deep.equal([`I am ${MARKER}`]);
    const [reaction, ...more] = read('reactions.json') as { messageId: string; emoji: string }[];
    expect(reaction).to.include({ messageId: greetingId, conversationId, emoji: '👋' });
    expect(more).to.deep.equal([]);
    const pins = (read('pins.json') as { messageId: string }[]).map(({ messageId }) => messageId);
    expect(pins).to.deep.equal([greetingId]);
    const types = (read('history.json') as { type: string }[]).map(({ type }) => type);
    expect(types).to.include.members(['UserRegistered', 'ProfileChanged', 'PasswordResetRequested']);
    expect(files.get('history.json')).not.to.match(/passwordHash|tokenHash/);
    expect(read('blocks.json')).to.deep.equal([]);
  });

  it('takes the password', async () => {
    const json = { password: 'not the right one' };
    expectProblem(await as(session, 'DELETE', '/user/v1/me', json), 401, 'invalid_credentials');
    expectProblem(await as(session, 'DELETE', '/user/v1/me', {}), 400, 'invalid_request');
    expect((await as(session, 'GET', '/user/v1/me')).status).to.equal(200);
  });

  it('ends her sessions, and nothing that she had lets her in any more', async () => {
    const resetToken = await app.mailedToken(ada.email);
    const socket = await connect(app, ada.accessToken);
    await socket.next('ready');
    const answer = await as(session, 'DELETE', '/user/v1/me', { password: ada.password });
    expect(answer.status, answer.text).to.equal(202);
    erasedAt = answer.headers.get('x-position') ?? '';
    expect(await socket.closed).to.equal(4401);
    for (const { accessToken } of [ada, session])
      expectProblem(await as({ accessToken }, 'GET', '/user/v1/me'), 401, 'session_ended');
    for (const { refreshToken } of [ada, session])
      expectProblem(
        await call(app, 'POST', '/user/v1/refresh-token', { json: { refreshToken } }),
        401,
        'refresh_token_invalid',
      );
    for (const login of [ada.username, ada.email])
      expectProblem(
        await call(app, 'POST', '/user/v1/login', { json: { login, password: ada.password } }),
        401,
        'invalid_credentials',
      );
    const json = { token: resetToken, password: 'a new password of hers' };
    expectProblem(await call(app, 'POST', '/user/v1/password/reset', { json }), 400, 'token_invalid');
  });

  it('leaves no trace of her in the whole database, nor among the mails that were kept', async () => {
    await eventually(holdsMarker, (holds) => !holds);
    await eventually(keptMails, (mails) => !mails.includes(MARKER));
  });

  it('destroys the key: whoever reads the log, with every secret there is, reads nothing of hers', async () => {
    const key = async () =>
      (
        await pool.query<{ wrapped: Buffer | null; master_key: string | null }>(
          'select wrapped, master_key from security.person_keys where user_id = $1',
          [ada.userId],
        )
      ).rows;
    await eventually(key, (rows) => rows[0]?.wrapped === null && rows[0].master_key === null);
    const secrets = { DATABASE_URL: app.databaseUrl ?? '', JWT_SECRET: app.jwtSecret, MASTER_KEY: app.masterKey };
    const { code, out, err } = await chatapp(secrets, 'log', 'tail', '--limit', '1000', '--json', '--reason', 'A test');
    expect(code, err).to.equal(0);
    expect(out).not.to.include(MARKER);
    const { events } = JSON.parse(out) as { events: { type: string; data: Record<string, unknown> }[] };
    const registered = events.find(({ type, data }) => type === 'UserRegistered' && data['userId'] === ada.userId);
    expect(registered?.data).to.include({ username: 'erased', email: 'erased', displayName: 'erased' });
    expect(out, 'what others said is still there').to.include('"text": "Hello"');
  });

  it('takes her out of the files of the database, and doctor finds nothing left to do', async function () {
    this.timeout(2 * PURGED_WITHIN_MS);
    const secrets = { DATABASE_URL: app.databaseUrl ?? '', JWT_SECRET: app.jwtSecret, MASTER_KEY: app.masterKey };
    const doctor = async () => (await chatapp(secrets, 'doctor')).out;
    const isDone = (out: string) => /ok +erasures +the keys of 1 erased users are destroyed/.test(out);
    await eventually(doctor, isDone, PURGED_WITHIN_MS);
    await pool.query('checkpoint');
    const { rows } = await pool.query<{ bytes: Buffer }>(FILES);
    expect(rows.length).to.be.greaterThan(10);
    expect(rows.some(({ bytes }) => bytes.includes(MARKER))).to.equal(false);
  });

  const expectErased = async (target: RunningApp) => {
    const profile = await call(target, 'GET', `/user/v1/users/${ada.userId}`, {
      token: bob.accessToken,
      headers: { 'x-min-position': erasedAt },
    });
    expect(profile.body).to.deep.equal({
      userId: ada.userId,
      username: 'erased',
      displayName: 'erased',
      bio: null,
      avatarMediaId: null,
    });
    const messages = await history(target, bob, conversationId, erasedAt);
    expect(messages.map(({ text }) => text)).to.deep.equal(['erased', 'Hello']);
    const reactions = messages.map((each) => (each as unknown as { reactions: object[] }).reactions);
    expect(reactions).to.deep.equal([[], [{ emoji: '👋', userIds: [bob.userId], count: 1 }]]);
    const get = (path: string) => call(target, 'GET', path, { token: bob.accessToken });
    const group = await get(`/conversation/v1/${groupId}`);
    expect(group.body).to.include({ title: 'erased', memberCount: 2 });
    expect((await get('/user/v1/users?query=erased')).body['users']).to.deep.equal([]);
    expect((await get(`/user/v1/users?query=${MARKER}`)).body['users']).to.deep.equal([]);
    expect((await get('/user/v1/contacts')).body['contacts']).to.deep.equal([]);
  };

  it('shows her as erased, and what others said as it was', () => expectErased(app));

  it('lets nobody write to her, or bring her into a group', async () => {
    for (const json of [{ conversationId }, { recipientId: ada.userId }])
      expectProblem(
        await as(bob, 'POST', '/message/v1/send', { ...json, text: 'still there?' }),
        403,
        'recipient_unavailable',
      );
    const group = { kind: 'group', title: 'Old friends', memberIds: [ada.userId] };
    expectProblem(await as(bob, 'POST', '/conversation/v1', group), 404, 'unknown_member');
    expectProblem(await as(bob, 'PUT', `/user/v1/contacts/${ada.userId}`), 404, 'user_not_found');
  });

  it('is the same after read models are built again from the log, and the log stays whole', async function () {
    this.timeout(60_000);
    const events = async () => (await pool.query<{ count: string }>('select count(*) from log.events')).rows[0]?.count;
    const before = await events();
    await pool.query(`update projections.checkpoints set version = 0 where name in ('users', 'messages')`);
    // Two servers that start at once do it once, and both start.
    const fresh = await Promise.all([startApp({ beside: app }), startApp({ beside: app })]);
    try {
      for (const node of fresh) await expectErased(node);
    } finally {
      for (const node of fresh) await node.stop();
    }
    expect(await events()).to.equal(before);
    expect(await holdsMarker()).to.equal(false);
  });

  it('frees her names for others', async () => {
    const heir = await signUp(app, MARKER);
    expect(heir.userId).not.to.equal(ada.userId);
    const get = (path: string) => call(app, 'GET', path, { token: bob.accessToken });
    expect((await get(`/user/v1/users/${ada.userId}`)).body).to.include({ username: 'erased' });
    const found = async () => (await get(`/user/v1/users?query=${MARKER}`)).body['users'] as { userId: string }[];
    const heirs = await eventually(found, ({ length }) => length > 0);
    expect(heirs.map(({ userId }) => userId)).to.deep.equal([heir.userId]);
  });
});
