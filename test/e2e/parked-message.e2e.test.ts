import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { chatapp } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { openSocket, type LiveSocket } from '../support/live-socket.js';
import { history, send, setScene, type Scene } from '../support/signed-up.js';
import { closeSockets, type Frame } from '../support/socket.js';

const POISON = 'cannot be stored';
/** The read model cannot store one message. */
const SPOIL = `
  create function public.spoil() returns trigger language plpgsql as $$
  begin
    if new.text = '${POISON}' then raise exception 'a test'; end if;
    return new;
  end $$;
  create trigger spoil before insert on messages.messages for each row execute function public.spoil()`;
/** Much less than the minute after which each conversation is counted anew in any case. */
const SOON_MS = 20_000;
const PARKED = `select position::text from projections.parked where projection = 'messages'`;

interface Shown {
  readonly messageId: string;
  readonly seq: number;
}

const messageOf = (frame: Frame) => frame['message'] as Shown & { readonly text: string };

// The gateways had counted the message that the read model could not store, and went on counting for a minute: whatever
// followed in the conversation was told with the ordinal of the message behind it.
describe('Messages behind one that is parked', () => {
  let app: RunningApp;
  let other: RunningApp;
  let scene: Scene;
  let sockets: readonly LiveSocket[];
  let pool: pg.Pool;
  let said = 0;

  before(async function () {
    this.timeout(120_000);
    app = await startApp();
    other = await startApp({ beside: app });
    scene = await setScene(app);
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    sockets = [await openSocket(app, scene.ada), await openSocket(other, scene.bob)];
  });
  after(async () => {
    closeSockets();
    await pool.end();
    await other.stop();
    await app.stop();
  });

  const say = (text: string) => send(app, scene.ada, { conversationId: scene.directId, text });
  const parked = async () => (await pool.query<{ position: string }>(PARKED)).rows.map(({ position }) => position);
  const told = async (text: string): Promise<number[]> => {
    const seqs: number[] = [];
    for (const socket of sockets) {
      let shown = messageOf(await socket.next('message.sent'));
      while (shown.text !== text) shown = messageOf(await socket.next('message.sent'));
      seqs.push(shown.seq);
    }
    return seqs;
  };
  /** Answers whether the next message is told on every node as the history shows it. */
  const isToldAsStored = async (): Promise<boolean> => {
    const text = `message ${(said += 1)}`;
    const { messageId, position } = await say(text);
    const seqs = await told(text);
    const messages = (await history(app, scene.ada, scene.directId, position)) as unknown as Shown[];
    const stored = messages.find((each) => each.messageId === messageId)?.seq;
    return seqs.every((seq) => seq === stored);
  };

  it('are soon told with the ordinals of the history, on every node', async function () {
    this.timeout(60_000);
    await say('the first that is counted');
    await told('the first that is counted');
    await pool.query(SPOIL);
    const { position } = await say(POISON);
    await eventually(parked, (positions) => positions.includes(position));
    await eventually(isToldAsStored, Boolean, SOON_MS);
    expect(await isToldAsStored()).to.equal(true);
  });

  it('are so again once it has been stored after all', async function () {
    this.timeout(60_000);
    await pool.query('drop function public.spoil() cascade');
    const env = { DATABASE_URL: app.databaseUrl ?? '', JWT_SECRET: app.jwtSecret, MASTER_KEY: app.masterKey };
    const rebuilt = await chatapp(env, 'projections', 'rebuild', 'messages');
    expect(rebuilt.code, rebuilt.err).to.equal(0);
    expect(await parked()).to.deep.equal([]);
    await eventually(isToldAsStored, Boolean, SOON_MS);
    expect(await isToldAsStored()).to.equal(true);
  });
});
