import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { signUp, type SignedUp } from '../support/signed-up.js';
import { call } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { closeSockets, connect, type Frame } from '../support/socket.js';
import { untilReady } from '../support/until-ready.js';

const START_TIMEOUT_MS = 120_000;
/** This many messages are acknowledged before the server stops; more are under way then. */
const ACKNOWLEDGED = 20;
/** On a busy machine the commands that are under way, and PostgreSQL behind them, take longer than the usual ten seconds to end. */
const PATIENT = { SHUTDOWN_TIMEOUT: '60s' };

describe('a server on its embedded database', function () {
  this.timeout(START_TIMEOUT_MS);
  let dataDir: string;
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;

  before(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), 'chatapp restart ')), 'my data');
    app = await startApp({ dataDir, env: PATIENT });
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
  });
  after(async () => {
    closeSockets();
    await app.stop();
    await rm(join(dataDir, '..'), { recursive: true, force: true });
  });

  /** Sends one message after another until the server is gone, and answers the acknowledgements. */
  const sendUntilGone = async (during: () => Promise<unknown>): Promise<readonly Frame[]> => {
    const socket = await connect(app, ada.accessToken);
    await socket.next('ready');
    let count = 0;
    const timer = setInterval(() => {
      if (socket.ws.readyState === socket.ws.OPEN)
        socket.send({ type: 'send', id: String(count++), recipient: 'bob', text: `text ${count}` });
    }, 1);
    for (let acknowledged = 0; acknowledged < ACKNOWLEDGED; acknowledged += 1) await socket.next('ack');
    await during();
    await socket.closed;
    clearInterval(timer);
    return socket.frames.filter(({ type }) => type === 'ack');
  };

  /** Waits for the read model: a server that has just started may not have taken in the end of the log yet. */
  const untilShown = async (acknowledged: readonly Frame[]): Promise<void> => {
    const last = Math.max(...acknowledged.map(({ position }) => Number(position)));
    const headers = { authorization: `Bearer ${bob.accessToken}`, 'x-min-position': String(last) };
    await eventually(
      async () => (await fetch(`${app.url}/conversation/v1`, { headers })).status,
      (status) => status === 200,
    );
  };

  const everyMessage = async (): Promise<string[]> => {
    const { body } = await call(app, 'GET', '/conversation/v1', { token: bob.accessToken });
    const [{ conversationId }] = body['conversations'] as [{ conversationId: string }];
    const found: string[] = [];
    for (let cursor: string | null = 'm0'; cursor !== null;) {
      const path = `/message/v1/history?conversationId=${conversationId}&limit=200&after=${cursor}`;
      const page = (await call(app, 'GET', path, { token: bob.accessToken })).body as {
        messages?: { messageId: string }[];
        nextCursor?: string | null;
      };
      found.push(...(page.messages ?? []).map(({ messageId }) => messageId));
      cursor = page.nextCursor ?? null;
    }
    return found;
  };

  const expectShown = async (acknowledged: readonly Frame[]): Promise<void> => {
    await untilShown(acknowledged);
    expect(await everyMessage()).to.include.members(acknowledged.map(({ messageId }) => messageId));
  };

  it('has every acknowledged message after a kill -9 in the middle of sending', async () => {
    const acknowledged = await sendUntilGone(() => app.kill());
    app = await startApp({ dataDir, env: PATIENT });
    await expectShown(acknowledged);
  });

  it('answers what is under way when it is stopped, says 1001, and ends well', async () => {
    let code: number | null = 1;
    const acknowledged = await sendUntilGone(async () => (code = await app.stop()));
    expect(code).to.equal(0);
    app = await startApp({ dataDir, env: PATIENT });
    await expectShown(acknowledged);
    expect((await call(app, 'GET', '/user/v1/me', { token: ada.accessToken })).status).to.equal(200);
  });

  it('is refused beside another on the same folder, and leaves that one alone', async () => {
    const refusal = await startApp({ dataDir }).then(
      () => expect.fail('a second server started'),
      (error: unknown) => String(error),
    );
    expect(refusal).to.include('another ChatApp server is running on').and.to.include('ended with 1');
    expect(await untilReady(app)).to.equal(200);
  });
});
