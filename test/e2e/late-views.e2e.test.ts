import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { call, type Answer } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { setScene, type Scene } from '../support/signed-up.js';

/**
 * While this lock is held nothing is written to these tables, but all of it can be read: both projections stand still.
 */
const HOLD_PROJECTIONS = 'lock table users.people, messages.conversations, messages.messages in exclusive mode';

type Command = readonly [method: string, path: string, json: object, status: number];

// The command was in the log, but its caller was told 503, because the read model had not come as far in two seconds.
describe('A command whose view is late', () => {
  let app: RunningApp;
  let scene: Scene;
  let answers: Readonly<Record<string, Answer>>;

  const as = (method: string, path: string, json?: object) =>
    call(app, method, path, { token: scene.ada.accessToken, ...(json && { json }) });

  const commands = ({ bob, eve, groupId, directId }: Scene): Readonly<Record<string, Command>> => ({
    // This comes first: behind one of the others its view would wait for what the session has written.
    'a direct conversation that was there': ['POST', '/conversation/v1', { kind: 'direct', userId: bob.userId }, 200],
    'a group that is started': [
      'POST',
      '/conversation/v1',
      { kind: 'group', title: 'Looms', memberIds: [bob.userId] },
      201,
    ],
    'a direct conversation that is started': ['POST', '/conversation/v1', { kind: 'direct', userId: eve.userId }, 201],
    'another title': ['PATCH', `/conversation/v1/${groupId}`, { title: 'Mills' }, 200],
    'another member': ['POST', `/conversation/v1/${groupId}/members`, { userIds: [eve.userId] }, 200],
    'a message': ['POST', '/message/v1/send', { conversationId: directId, text: 'Hello' }, 201],
    'the profile': ['PATCH', '/user/v1/me', { displayName: 'Countess' }, 200],
    'the settings': ['PATCH', '/user/v1/me/settings', { notifications: false }, 200],
  });

  before(async function () {
    this.timeout(120_000);
    app = await startApp();
    scene = await setScene(app);
    await as('GET', '/conversation/v1'); // This waits until all of that is in the read model.
    const client = new pg.Client({ connectionString: app.databaseUrl });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(HOLD_PROJECTIONS);
      const answered: [string, Answer][] = [];
      for (const [what, [method, path, json]] of Object.entries(commands(scene)))
        answered.push([what, await as(method, path, json)]);
      answers = Object.fromEntries(answered);
    } finally {
      await client.query('rollback');
      await client.end();
    }
  });
  after(() => app.stop());

  const told = (what: string, status: number) => {
    const answer = answers[what];
    expect(answer?.status, answer?.text).to.equal(status);
    const { position, ...body } = answer?.body ?? {};
    expect(position).to.match(/^\d+$/).and.to.equal(answer?.headers.get('x-position'));
    return body;
  };
  const ofConversation = (what: string, status: number): string => {
    const { conversationId, ...more } = told(what, status);
    expect(more).to.deep.equal({});
    return conversationId as string;
  };
  const shown = async (path: string) =>
    (
      await eventually(
        () => as('GET', path),
        ({ status }) => status === 200,
      )
    ).body;

  it('is answered with the conversation that was started, and where', async () => {
    const groupId = ofConversation('a group that is started', 201);
    expect(await shown(`/conversation/v1/${groupId}`)).to.include({ kind: 'group', title: 'Looms', memberCount: 2 });
    const directId = ofConversation('a direct conversation that is started', 201);
    expect(await shown(`/conversation/v1/${directId}`)).to.include({ kind: 'direct', memberCount: 2 });
  });

  it('is answered with the conversation that is changed, and where', async () => {
    expect(ofConversation('another title', 200)).to.equal(scene.groupId);
    expect(ofConversation('another member', 200)).to.equal(scene.groupId);
    expect(await shown(`/conversation/v1/${scene.groupId}`)).to.include({ title: 'Mills', memberCount: 3 });
  });

  it('is answered with the user who is changed, and where', async () => {
    for (const what of ['the profile', 'the settings'])
      expect(told(what, 200)).to.deep.equal({ userId: scene.ada.userId });
    expect(await shown('/user/v1/me')).to.include({ displayName: 'Countess' });
    expect(await shown('/user/v1/me/settings')).to.include({ notifications: false });
  });

  it('is answered in full where the answer needs no view, or one that is there', () => {
    const message = told('a message', 201);
    expect(message).to.have.all.keys('messageId', 'conversationId', 'sentAt');
    const { conversation } = told('a direct conversation that was there', 200);
    expect(conversation).to.include({ conversationId: scene.directId });
  });
});
