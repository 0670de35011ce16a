import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { chatapp } from '../support/cli.js';
import { openSocket, served, type LiveSocket } from '../support/live-socket.js';
import { history, send, setScene, type Scene } from '../support/signed-up.js';
import { closeSockets, type Frame } from '../support/socket.js';

/** While this lock is held, the projection cannot move its checkpoint. */
const HOLD = `select from projections.checkpoints where name = 'messages' for update`;
/** Frames leave for less time than this while the read model stays behind. */
const LEAD_MS = 600;
/** A frame that may leave has come by this time, as a rule. */
const PATIENCE_MS = 2_000;
/** A query that does not wait for the read model has answered by this time. */
const MORE_THAN_A_QUERY_MS = 500;

interface Shown {
  readonly messageId: string;
  readonly seq: number;
}

const messageOf = (frame: Frame) => frame['message'] as Shown & { readonly text: string };

describe('Frames that leave before the read model shows them', () => {
  let app: RunningApp;
  let other: RunningApp;
  let scene: Scene;
  let bob: LiveSocket;
  let holding: pg.Client;
  let conversationId: string;

  before(async function () {
    this.timeout(120_000);
    app = await startApp();
    other = await startApp({ beside: app });
    scene = await setScene(app);
    conversationId = scene.directId;
    holding = new pg.Client({ connectionString: app.databaseUrl });
    await holding.connect();
    bob = await openSocket(other, scene.bob);
  });
  after(async () => {
    closeSockets();
    await holding.end();
    await other.stop();
    await app.stop();
  });

  const say = (text: string) => send(app, scene.ada, { conversationId, text });
  const hold = async () => {
    await holding.query('begin');
    await holding.query(HOLD);
  };
  const release = () => holding.query('rollback');
  afterEach(release);
  /** Says something, and waits until Bob is shown it and the read model has it on his node. */
  const sayToAll = async (text: string) => {
    const { position } = await say(text);
    while (messageOf(await bob.next('message.sent')).text !== text);
    await history(other, scene.bob, conversationId, position);
  };
  /**
   * Says something while the read model is held, and answers once Bob is shown it nevertheless. Where the read model has been behind for
   * too long already, as behind the record of a delivery, the frame waits: then it is tried again.
   */
  const sayAhead = async (text: string): Promise<void> => {
    for (let isAhead = false; !isAhead;) {
      await sayToAll('counted from here on'); // the gateway counts its conversation from here on
      await hold();
      await say(text);
      const shown = bob.next('message.sent');
      isAhead = await Promise.race([shown.then(() => true), sleep(PATIENCE_MS, false)]);
      if (!isAhead) await release();
      expect(messageOf(await shown).text).to.equal(text);
    }
  };
  const askHistory = async () => {
    const path = `/message/v1/history?limit=3&conversationId=${conversationId}`;
    const { body } = await call(other, 'GET', path, { token: scene.bob.accessToken });
    return (body['messages'] as { text: string }[] | undefined)?.map(({ text }) => text);
  };

  it('are waited for by the queries of the session they were sent to', async () => {
    await sayAhead('ahead');
    const asking = askHistory();
    await call(other, 'GET', '/healthz');
    await release();
    expect(await asking).to.include('ahead');
  });

  // To start a conversation that there is already answers it as it is: it was read as of the position of its start.
  it('are waited for where a conversation is answered that was started before', async () => {
    await sayAhead('ahead of the start');
    const starting = call(other, 'POST', '/conversation/v1', {
      token: scene.bob.accessToken,
      json: { kind: 'direct', userId: scene.ada.userId },
    });
    await Promise.race([starting, sleep(MORE_THAN_A_QUERY_MS)]);
    await release();
    const { conversation } = (await starting).body as { conversation: { lastMessage: { text: string } } };
    expect(conversation.lastMessage.text).to.equal('ahead of the start');
  });

  it('wait themselves where the read model stays behind', async () => {
    await sayAhead('still ahead');
    await sleep(LEAD_MS);
    const { position } = await say('behind');
    bob.send({ type: 'ping' });
    const pong = await bob.next('pong');
    expect(BigInt(pong['position'] as string) < BigInt(position)).to.equal(true);
    await release();
    expect(messageOf(await bob.next('message.sent')).text).to.equal('behind');
  });

  // The gateway of each node counts ordinals over restarts and a rebuild; the nodes must never differ.
  it('have the ordinals of the history, on every node', async function () {
    this.timeout(120_000);
    const shown: Shown[] = [];
    let last = '0';
    const round = async (node: RunningApp, watched: readonly LiveSocket[]) => {
      const sends = Array.from({ length: 24 }, (_, n) => {
        const [from, sender] = n % 3 === 0 ? [app, scene.bob] : [n % 3 === 1 ? app : node, scene.ada];
        const to = n % 4 === 0 ? scene.groupId : conversationId;
        return send(from, sender, { conversationId: to, text: `message ${n}` });
      });
      const positions = (await Promise.all(sends)).map(({ position }) => BigInt(position));
      last = String(positions.reduce((most, each) => (each > most ? each : most)));
      for (const socket of watched) await served(socket, last);
    };
    const ada = await openSocket(app, scene.ada);
    await round(other, [ada, bob]);
    const rebuilding = chatapp(
      { DATABASE_URL: app.databaseUrl ?? '', JWT_SECRET: app.jwtSecret, MASTER_KEY: app.masterKey },
      ...['projections', 'rebuild', 'messages'],
    );
    await round(other, [ada, bob]);
    expect((await rebuilding).code).to.equal(0);
    await round(other, [ada, bob]);
    await other.kill();
    other = await startApp({ beside: app });
    const again = await openSocket(other, scene.bob);
    await round(other, [ada, again]);
    await round(other, [ada, again]);

    for (const socket of [ada, bob, again])
      shown.push(...socket.frames.filter(({ type }) => type === 'message.sent').map(messageOf));
    const histories = await Promise.all(
      [conversationId, scene.groupId].map((each) => history(app, scene.ada, each, last)),
    );
    const seqs = new Map((histories.flat() as unknown as Shown[]).map(({ messageId, seq }) => [messageId, seq]));
    expect(shown.length).to.be.at.least(240);
    expect(shown.filter(({ messageId, seq }) => seqs.get(messageId) !== seq)).to.deep.equal([]);
  });
});
