import { hostname, userInfo } from 'node:os';
import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { chatappHere, launchChatapp, type Outcome } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { closeGate, installGate, openGate, untilHeld } from '../support/held-rebuild.js';
import { chatAcross, sendMany } from '../support/chat-across.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { connect, type Socket } from '../support/socket.js';

const LONG_MS = 240_000;
/** They are more than two batches of the log. */
const MESSAGES = 2_500;

describe('A rebuild beside two servers', function () {
  this.timeout(LONG_MS);
  let one: RunningApp;
  let other: RunningApp;
  let pool: pg.Pool;
  let gate: pg.Client;
  let ada: SignedUp;
  let bob: SignedUp;
  let socket: Socket;
  let conversationId: string;
  let env: Readonly<Record<string, string>>;

  before(async () => {
    one = await startApp();
    other = await startApp({ beside: one });
    const { databaseUrl = '', jwtSecret, masterKey, dataDir } = one;
    env = { DATABASE_URL: databaseUrl, JWT_SECRET: jwtSecret, MASTER_KEY: masterKey, DATA_DIR: dataDir };
    pool = new pg.Pool({ connectionString: databaseUrl });
    await installGate(pool);
    [ada, bob] = [await signUp(one, 'ada'), await signUp(one, 'bob')];
    ({ conversationId } = await send(one, ada, { recipientId: bob.userId, text: 'the first one' }));
    await sendMany(one, ada, conversationId, MESSAGES);
  });
  after(async () => {
    await pool.end();
    await other.stop();
    await one.stop();
  });
  beforeEach(async () => {
    gate = new pg.Client({ connectionString: one.databaseUrl });
    await gate.connect();
    socket = await connect(other, bob.accessToken);
    await socket.next('ready');
  });
  afterEach(async () => {
    await gate.end();
    await socket.close();
  });

  const open = () => openGate(gate);
  const run = (...args: string[]) => chatappHere(env, 'projections', ...args);
  const positionBeside = async () =>
    (
      await pool.query<{ position: string }>(
        `select position from projections.checkpoints where name = 'messages_rebuild'`,
      )
    ).rows[0]?.position;
  /** Starts a rebuild that is held in its middle. */
  const held = async (...options: string[]) => {
    await closeGate(gate);
    const launched = await launchChatapp(env, 'projections', 'rebuild', 'messages', ...options);
    await untilHeld(pool);
    return launched;
  };
  const expectDone = ({ code, out, err }: Outcome) => expect(code, out + err).to.equal(0);
  const expectRight = async () => {
    expectDone(await run('verify', 'messages'));
    expect(await positionBeside()).to.equal(undefined);
  };
  const mails = async () => (await pool.query('select from mail.outbox')).rowCount;
  /** Sends on both servers, and reads on the other one what was sent, whatever is being rebuilt. */
  const chat = (text: string) => chatAcross([one, other], { from: ada, to: bob, conversationId }, text);

  it('goes on where it was killed, while messages are sent, and tells nobody anything', async () => {
    const before = await mails();
    const { child, ended } = await held();
    await chat('while it is held');
    child.kill('SIGKILL');
    await ended;
    await open();
    const left = Number(await positionBeside());
    expect(left).to.be.greaterThan(0);
    await chat('while nobody rebuilds');
    const { code, out, err } = await run('rebuild', 'messages');
    expect(code, err).to.equal(0);
    expect(Number(/it went on from position (\d+), where it had been left/.exec(out)?.[1])).to.be.at.least(left);
    expect(out)
      .to.include('messages is rebuilt')
      .and.to.match(/what was in use before was the same, at position \d+/);
    await chat('behind the switch');
    const news = async () => socket.frames.filter(({ type }) => type === 'message.sent').length;
    expect(await eventually(news, (count) => count >= 6)).to.equal(6);
    expect(socket.frames.filter(({ type }) => type === 'message.delivered')).to.deep.equal([]);
    expect(await mails()).to.equal(before);
    await expectRight();
  });

  it('is refused to a second one, with who does it, and ends in order by Ctrl-C', async () => {
    const { child, ended } = await held();
    for (const args of [
      ['rebuild', 'messages'],
      ['cancel', 'messages'],
    ]) {
      const { code, err } = await run(...args);
      expect(code, err).to.equal(1);
      expect(err).to.match(/projection messages is being maintained already: rebuild since \S+Z, by /);
      expect(err).to.include(`by ${userInfo().username} on ${hostname()}`);
    }
    child.kill('SIGINT');
    await open();
    const { code, err } = await ended;
    expect(code, err).to.equal(130);
    expect(err)
      .to.include('cancelled: messages is as it was')
      .and.to.include('chatapp projections rebuild messages goes on with it')
      .and.to.match(/rebuilding messages: [\d,]+ of [\d,]+ events \(\d+ %\)/)
      .and.not.to.include('\u001b');
    expect(Number(await positionBeside())).to.be.greaterThan(0);
    await chat('with half a generation');
    expect((await run('cancel', 'messages')).out).to.equal('what was filled of messages is thrown away\n');
    expect((await run('cancel', 'messages')).out).to.equal('no rebuild of messages was left unfinished\n');
    await expectRight();
  });

  it('begins anew where that is asked for, and shows how what was in use differed', async () => {
    const { child, ended } = await held();
    child.kill('SIGINT');
    await open();
    await ended;
    const { rows } = await pool.query<{ message_id: string }>(
      'delete from messages.messages where seq = 7 returning message_id',
    );
    const { code, out, err } = await run('rebuild', 'messages', '--fresh');
    expect(code, err).to.equal(0);
    expect(out)
      .to.include(`what was in use before differed: messages with message_id ${rows[0]?.message_id} is missing`)
      .and.not.to.include('it went on from position');
    await expectRight();
  });

  it('that was left unfinished is thrown away by an erasure, which does not come to it', async () => {
    const eve = await signUp(one, 'eve');
    await chat('before somebody leaves');
    const { child, ended } = await held();
    child.kill('SIGKILL');
    await ended;
    await open();
    expect(Number(await positionBeside())).to.be.greaterThan(0);
    expectDone(await chatappHere(env, 'users', 'erase', 'eve', '--yes'));
    expect(eve.userId).to.be.a('string');
    expect(await eventually(positionBeside, (position) => position === undefined)).to.equal(undefined);
    await expectRight();
  });
});
