import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { logIn, setScene, type Scene } from '../support/signed-up.js';
import { call } from '../support/call.js';
import { closeSockets, connect, type Socket } from '../support/socket.js';

/** There are this many of each of the ten kinds, 200 in all. */
const ROUNDS = 20;

interface Conversation {
  readonly conversationId: string;
  readonly title: string | null;
  readonly unreadCount: number;
  readonly lastMessage: { readonly text: string } | null;
  readonly members: readonly { readonly userId: string; readonly displayName: string }[];
}

// A user added a contact, asked for the contacts, and the new one was not among them.
describe('what a session has written', () => {
  let app: RunningApp;
  let scene: Scene;
  let socket: Socket;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    scene = await setScene(app);
    socket = await connect(app, scene.ada.accessToken);
    await socket.next('ready');
  });
  after(async () => {
    closeSockets();
    await app.stop();
  });

  const as = async (method: string, path: string, json?: object, token = scene.ada.accessToken) => {
    const answer = await call(app, method, path, { token, ...(json && { json }) });
    expect(answer.status, `${method} ${path}: ${answer.text}`).to.be.oneOf([200, 201, 204]);
    return answer.body;
  };

  const read = async <Found>(path: string, field: string): Promise<Found> => (await as('GET', path))[field] as Found;
  const idsOf = (found: readonly { readonly userId: string }[]): string[] => found.map(({ userId }) => userId);
  const inbox = (): Promise<Conversation[]> => read('/conversation/v1', 'conversations');
  const newest = async (): Promise<string | undefined> => {
    const path = `/message/v1/history?limit=1&conversationId=${scene.directId}`;
    return (await read<{ text: string }[]>(path, 'messages'))[0]?.text;
  };
  const direct = async (): Promise<Conversation | undefined> =>
    (await inbox()).find(({ conversationId }) => conversationId === scene.directId);

  const related = (list: 'contacts' | 'blocks') => async (n: number) => {
    const isGoing = n % 2 === 1;
    await as(isGoing ? 'DELETE' : 'PUT', `/user/v1/${list}/${scene.eve.userId}`);
    expect(idsOf(await read(`/user/v1/${list}`, list))).to.deep.equal(isGoing ? [] : [scene.eve.userId]);
  };

  const kinds: Readonly<Record<string, (n: number) => Promise<void>>> = {
    contacts: related('contacts'),
    blocks: related('blocks'),
    'the profile': async (n) => {
      await as('PATCH', '/user/v1/me', { displayName: `Ada ${n}` });
      expect(await read('/user/v1/me', 'displayName')).to.equal(`Ada ${n}`);
      const { members } = (await as('GET', `/conversation/v1/${scene.groupId}`)) as unknown as Conversation;
      expect(members.find(({ userId }) => userId === scene.ada.userId)?.displayName).to.equal(`Ada ${n}`);
    },
    settings: async (n) => {
      await as('PATCH', '/user/v1/me/settings', { notifications: n % 2 === 1 });
      expect(await read('/user/v1/me/settings', 'notifications')).to.equal(n % 2 === 1);
    },
    conversations: async (n) => {
      await as('PATCH', `/conversation/v1/${scene.groupId}`, { title: `Engines ${n}` });
      expect((await inbox()).map(({ title }) => title)).to.include(`Engines ${n}`);
    },
    members: async (n) => {
      const path = `/conversation/v1/${scene.groupId}`;
      const isGoing = n % 2 === 1;
      if (isGoing) await as('DELETE', `${path}/members/${scene.eve.userId}`);
      else await as('POST', `${path}/members`, { userIds: [scene.eve.userId] });
      const { members } = (await as('GET', path)) as unknown as Conversation;
      expect(idsOf(members).includes(scene.eve.userId)).to.equal(!isGoing);
    },
    messages: async (n) => {
      await as('POST', '/message/v1/send', { conversationId: scene.directId, text: `message ${n}` });
      expect(await newest()).to.equal(`message ${n}`);
      expect((await direct())?.lastMessage?.text).to.equal(`message ${n}`);
    },
    'messages by the socket': async (n) => {
      socket.send({ type: 'send', id: 'x', conversationId: scene.directId, text: `frame ${n}` });
      await socket.next('ack');
      expect(await newest()).to.equal(`frame ${n}`);
    },
    reads: async () => {
      const json = { conversationId: scene.directId, text: 'unread' };
      const { messageId, position } = await as('POST', '/message/v1/send', json, scene.bob.accessToken);
      const headers = { 'x-min-position': position as string };
      await call(app, 'GET', '/conversation/v1', { token: scene.ada.accessToken, headers });
      await as('POST', '/message/v1/read', { conversationId: scene.directId, messageId });
      expect((await direct())?.unreadCount).to.equal(0);
    },
    sessions: async () => {
      const { sessionId, accessToken } = await logIn(app, scene.ada);
      const listed = async (token?: string) => (await as('GET', '/user/v1/sessions', undefined, token))['sessions'];
      const own = ((await listed(accessToken)) as { sessionId: string; current: boolean }[]).filter(
        ({ current }) => current,
      );
      expect(own.map((session) => session.sessionId)).to.deep.equal([sessionId]);
      await as('DELETE', `/user/v1/sessions/${sessionId}`);
      expect(JSON.stringify(await listed())).to.not.include(sessionId);
    },
  };
  for (const [what, round] of Object.entries(kinds))
    it(`is in its next query without a header: ${what}`, async function () {
      this.timeout(60_000);
      for (let n = 0; n < ROUNDS; n += 1) await round(n);
    });

  const status = async (path: string, token = scene.ada.accessToken) => {
    const answer = await fetch(app.url + path, { headers: { authorization: `Bearer ${token}` } });
    const isArchive = answer.headers.get('content-type') === 'application/zip';
    const body = (isArchive ? {} : await answer.json()) as { code?: string };
    return [answer.status, body.code, answer.headers.get('retry-after')];
  };
  const LAGGING = [503, 'projection_lagging', '1'];
  /** Runs the work while nobody can write to a table, and all can read it. */
  const unwritable = async (table: string, work: () => Promise<void>) => {
    const client = new pg.Client({ connectionString: app.databaseUrl });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(`lock table ${table} in exclusive mode`);
      await work();
    } finally {
      await client.query('rollback');
      await client.end();
    }
  };

  it('is waited for by the queries of that session and that read model alone', async function () {
    this.timeout(60_000);
    const other = await logIn(app, scene.ada);
    expect((await status('/user/v1/contacts', other.accessToken))[0]).to.equal(200); // the log-in is projected
    await unwritable('users.relations', async () => {
      await as('PUT', `/user/v1/contacts/${scene.bob.userId}`);
      expect(await status('/user/v1/contacts')).to.deep.equal(LAGGING);
      expect((await status(`/message/v1/history?conversationId=${scene.directId}`))[0]).to.equal(200);
      expect((await status('/user/v1/contacts', other.accessToken))[0]).to.equal(200);
    });
    const caughtUp = await eventually(
      () => status('/user/v1/contacts'),
      ([code]) => code === 200,
    );
    expect(caughtUp).to.deep.equal([200, undefined, null]);
    expect(idsOf(await read('/user/v1/contacts', 'contacts'))).to.include(scene.bob.userId);
  });

  // It waited for the users and the files: what a user had just sent was missing, and nothing said so.
  it('is waited for by the export of what is held on its user', async function () {
    this.timeout(60_000);
    await unwritable('messages.messages', async () => {
      await as('POST', '/message/v1/send', { conversationId: scene.directId, text: 'of the export, too' });
      expect(await status('/user/v1/me/export')).to.deep.equal(LAGGING);
    });
    await eventually(
      () => status('/user/v1/me/export'),
      ([code]) => code === 200,
    );
  });
});
