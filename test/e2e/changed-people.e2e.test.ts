import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { openSocket, served, type LiveSocket } from '../support/live-socket.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets } from '../support/socket.js';
import { unzipped } from '../support/unzipped.js';

interface Message {
  readonly messageId: string;
  readonly text: string;
  readonly mentions: readonly string[];
  readonly reactions: readonly object[];
  readonly editedAt: string | null;
}

/** A message as far as users show in it: its text, whether it mentions somebody, and the number of reactions. */
type Shown = readonly [text: string, isMentioning: boolean, reactions: number];

/** What Bob is shown of another user, and of the message with which they have to do. */
interface Seen {
  readonly history: Shown;
  readonly member: string;
  readonly found: readonly Shown[];
  readonly told: readonly string[];
  readonly changes: readonly Shown[];
  readonly exported: { readonly own: readonly Shown[]; readonly contact: string | undefined };
}

type Prepare = (groupId: string, other: SignedUp) => Promise<{ readonly messageId: string }>;
type Act = (other: SignedUp) => Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }>;

describe('Where another user is renamed or erased', () => {
  let app: RunningApp;
  let bob: SignedUp;
  before(async function () {
    this.timeout(90_000);
    app = await startApp({ env: { RATE_LIMIT_SCALE: '100' } });
    bob = await signUp(app, 'bob');
  });
  afterEach(closeSockets);
  after(() => app.stop());

  const as = ({ accessToken: token }: SignedUp, method: string, path: string, json?: object) =>
    call(app, method, path, { token, ...(json && { json }) });
  const rename: Act = (other) => as(other, 'PATCH', '/user/v1/me', { displayName: 'Renamed' });
  const erase: Act = (other) => as(other, 'DELETE', '/user/v1/me', { password: other.password });

  const shownOf = ({ text, mentions, reactions }: Message): Shown => [text, mentions.length > 0, reactions.length];

  const exportOf = async (user: SignedUp): Promise<Seen['exported']> => {
    const headers = { authorization: `Bearer ${user.accessToken}` };
    const response = await fetch(`${app.url}/user/v1/me/export`, { headers });
    expect(response.status).to.equal(200);
    const files = await unzipped(Buffer.from(await response.arrayBuffer()));
    const read = <Item>(name: string) => JSON.parse(files.get(`${name}.json`) ?? '[]') as Item[];
    const own = read<Message & { conversationId: string }>('messages');
    return { own: own.map(shownOf), contact: read<{ displayName: string }>('contacts')[0]?.displayName };
  };

  /** Answers what Bob is shown, as of the change. */
  const seenBy = async (socket: LiveSocket, groupId: string, other: SignedUp, position: string): Promise<Seen> => {
    const get = async (path: string) => {
      const answer = await call(app, 'GET', path, { token: bob.accessToken, headers: { 'x-min-position': position } });
      expect(answer.status, answer.text).to.equal(200);
      return answer.body;
    };
    const messagesAt = async (path: string) => (await get(path))['messages'] as Message[];
    await served(socket, position);
    await eventually(
      async () => socket.frames.map(({ type }) => type),
      (types) => types.includes('user.updated'),
    );
    const told = socket.frames.filter(({ type }) => type === 'resync' || type === 'user.updated');
    const [message] = await messagesAt(`/message/v1/history?conversationId=${groupId}`);
    const { members } = (await get(`/conversation/v1/${groupId}`)) as unknown as {
      members: { userId: string; displayName: string }[];
    };
    const since = socket.ready['position'] as string;
    return {
      history: shownOf(message as Message),
      member: members.find(({ userId }) => userId === other.userId)?.displayName ?? 'nobody',
      found: (await messagesAt(`/message/v1/search?q=zebra&conversationId=${groupId}`)).map(shownOf),
      told: told.map(({ type }) => type).sort(),
      changes: (await messagesAt(`/message/v1/changes?conversationId=${groupId}&since=${since}`)).map(shownOf),
      exported: await exportOf(bob),
    };
  };

  const sends: Prepare = (conversationId, other) => send(app, other, { conversationId, text: 'zebra' });
  const isMentioned: Prepare = (conversationId, { username }) =>
    send(app, bob, { conversationId, text: `zebra for @${username}` });
  const reacts: Prepare = async (conversationId, other) => {
    const sent = await send(app, bob, { conversationId, text: 'zebra' });
    const emoji = encodeURIComponent('👍');
    const { status } = await as(other, 'PUT', `/message/v1/${sent.messageId}/reactions/${emoji}`);
    expect(status).to.be.below(300);
    return sent;
  };

  const zebra: Shown = ['zebra', false, 0];
  const mention: Shown = ['zebra for @mentioned', true, 0];
  const erased: Shown = ['erased', false, 0];
  const renamed = { member: 'Renamed', told: ['user.updated'], changes: [] };
  const gone = { member: 'erased', told: ['resync', 'user.updated'] };
  const cases: readonly (readonly [string, Prepare, Act, Seen])[] = [
    [
      ...(['renamed', sends, rename] as const),
      { ...renamed, history: zebra, found: [zebra], exported: { own: [], contact: 'Renamed' } },
    ],
    [
      ...(['sender', sends, erase] as const),
      { ...gone, history: erased, found: [], changes: [erased], exported: { own: [], contact: undefined } },
    ],
    [
      ...(['mentioned', isMentioned, erase] as const),
      {
        ...{ ...gone, told: ['user.updated'], history: mention, found: [mention], changes: [] },
        exported: { own: [mention], contact: undefined },
      },
    ],
    [
      ...(['reactor', reacts, erase] as const),
      {
        ...{ ...gone, history: zebra, found: [zebra], changes: [zebra] },
        exported: { own: [mention, zebra], contact: undefined },
      },
    ],
  ];

  for (const [name, prepare, act, expected] of cases)
    it(`shows it at once in histories, searches, frames, changes and the export of others: ${name}`, async function () {
      this.timeout(30_000);
      const other = await signUp(app, name);
      await as(bob, 'PUT', `/user/v1/contacts/${other.userId}`);
      const json = { kind: 'group', title: 'Animals', memberIds: [other.userId] };
      const { conversation } = (await as(bob, 'POST', '/conversation/v1', json)).body;
      const { conversationId: groupId } = conversation as { conversationId: string };
      await prepare(groupId, other);
      const socket = await openSocket(app, bob);
      const answer = await act(other);
      expect(answer.status, answer.text).to.be.below(300);
      const seen = await seenBy(socket, groupId, other, answer.headers.get('x-position') ?? '');
      expect({ ...seen, exported: { ...seen.exported, own: [...seen.exported.own].sort() } }).to.deep.equal(expected);
      if (act === rename) await as(bob, 'DELETE', `/user/v1/contacts/${other.userId}`);
    });
});
