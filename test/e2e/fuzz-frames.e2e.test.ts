import { expect } from 'chai';
import { closeCodes } from '../../src/interfaces/ws/close-codes.js';
import { startApp, type RunningApp } from '../support/app.js';
import { randomFrames, type KnownValues, type RandomFrame } from '../support/random-frames.js';
import { logIn, send, setScene, type Scene } from '../support/signed-up.js';
import { call } from '../support/call.js';
import { closeSockets, connect, type Socket } from '../support/socket.js';

const BEFORE_AUTH = 1_000;
const ON_ONE_SOCKET = 4_500;
const ON_MANY_SOCKETS = 4_500;
const SOCKETS = 10;
/** This many frames are sent before their answers are checked; a socket may have fewer under way. */
const ON_END = 250;
const DOCUMENTED: readonly number[] = Object.values(closeCodes).filter((code) => code !== closeCodes.internalError);

/** `FUZZ_SEED` repeats a run. */
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Splits frames into runs, each of which ends at one that is no frame, or at the largest length. */
const runsOf = (frames: readonly RandomFrame[]): RandomFrame[][] => {
  const runs: RandomFrame[][] = [[]];
  for (const frame of frames) {
    const run = runs.at(-1) as RandomFrame[];
    run.push(frame);
    if (frame.closes || run.length === ON_END) runs.push([]);
  }
  return runs.filter(({ length }) => length > 0);
};

// `{"type":"ping","x":1}` stopped the server: its handler threw inside the socket's event. No test had sent frames that
// nobody had thought of.
describe(`10,000 random frames (FUZZ_SEED=${seed})`, function () {
  this.timeout(300_000);
  let app: RunningApp;
  let scene: Scene;
  let known: KnownValues;

  before(async () => {
    app = await startApp({ env: { RATE_LIMIT_SCALE: '100000' } });
    scene = await setScene(app);
    const { ada, bob, eve, directId, groupId, messageId } = scene;
    known = {
      conversationId: [directId, groupId],
      messageId: [messageId],
      recipientId: [bob.userId],
      recipient: ['bob', 'nobody'],
      userIds: [[ada.userId], [bob.userId, eve.userId]],
      text: ['hello', '😀'.repeat(50)],
      token: ['abc', ada.refreshToken, ada.accessToken],
      resumeAfter: ['0', '5', '999999'],
    };
  });
  afterEach(closeSockets);
  after(() => app.stop());

  const put = ({ ws }: Socket, { data, isBinary }: RandomFrame) => ws.send(data, { binary: isBinary });

  const takenIn = async (token: string): Promise<Socket> => {
    const socket = await connect(app, token);
    await socket.next('ready');
    return socket;
  };

  /**
   * Sends frames, each of which is answered under its id if it has one. What is no frame closes the socket, and the
   * rest goes to another.
   */
  const endure = async (frames: readonly RandomFrame[]): Promise<void> => {
    const { accessToken } = await logIn(app, scene.ada);
    let socket = await takenIn(accessToken);
    for (const run of runsOf(frames)) {
      const valid = run.filter(({ closes }) => !closes);
      for (const frame of valid) put(socket, frame);
      const { answerTo } = socket;
      await Promise.all(valid.flatMap(({ answeredAs }) => (answeredAs === undefined ? [] : [answerTo(answeredAs)])));
      socket.send({ type: 'ping' });
      await socket.next('pong'); // frames without an id have left it open
      const [none] = run.filter(({ closes }) => closes);
      if (!none) continue;
      for (const frame of [none, ...run]) put(socket, frame); // the frames behind it change nothing
      expect(await socket.closed, none.data.toString().slice(0, 100)).to.be.oneOf([
        closeCodes.malformed,
        closeCodes.tooBig,
      ]);
      socket = await takenIn(accessToken);
    }
    await socket.close();
  };

  it('before a log-in close the socket with a documented code, or log in', async () => {
    const frames = randomFrames(BEFORE_AUTH, seed, known);
    const tryPair = async (pair: readonly RandomFrame[]): Promise<void> => {
      const socket = await connect(app);
      for (const frame of pair) put(socket, frame);
      const outcome = await socket.next('ready').then(
        () => 'ready' as const,
        () => socket.closed,
      );
      socket.ws.terminate();
      expect(outcome).to.be.oneOf(['ready', ...DOCUMENTED]);
    };
    for (let from = 0; from < frames.length; from += 2 * SOCKETS) {
      const pairs = Array.from({ length: SOCKETS }, (_, n) => frames.slice(from + 2 * n, from + 2 * n + 2));
      await Promise.all(pairs.map(tryPair));
    }
  });

  it('behind a log-in are each answered, on one socket', () => endure(randomFrames(ON_ONE_SOCKET, seed + 1, known)));

  it('behind a log-in are each answered, on many sockets at once', async () => {
    const each = Array.from({ length: SOCKETS }, (_, n) =>
      randomFrames(ON_MANY_SOCKETS / SOCKETS, seed + 2 + n, known),
    );
    await Promise.all(each.map(endure));
  });

  it('leave a server that serves, and has nothing to reproach itself with', async () => {
    const { ada, bob, directId: conversationId } = scene;
    const socket = await takenIn(bob.accessToken);
    await send(app, ada, { conversationId, text: 'after all that' });
    expect((await socket.next('message.sent'))['message']).to.include({ text: 'after all that' });
    expect((await call(app, 'GET', '/readyz')).status).to.equal(200);
    const complaints = app.output().split('\n');
    expect(complaints.filter((line) => /"level":(50|60)/.test(line))).to.deep.equal([]);
  });
});
