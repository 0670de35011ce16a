import { once } from 'node:events';
import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { signUp, type SignedUp } from '../support/signed-up.js';
import { closeRaw, openRaw } from '../support/raw-connection.js';
import { closeSockets, connect } from '../support/socket.js';

const START_TIMEOUT_MS = 90_000;
/** This is longer than the test runs: whatever ends sooner was not waited for. */
const FOR_EVER = '1h';

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** Answers what the server has logged with this message, one entry a line. */
const logged = (app: RunningApp, message: string): Record<string, unknown>[] =>
  app
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === message);

/** Makes every read of the log, and every append, wait until the connection ends. */
const lockTheLog = async (app: RunningApp): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: app.databaseUrl });
  client.on('error', () => undefined); // the database is dropped at the end
  await client.connect();
  await client.query('begin');
  await client.query('lock table log.events in access exclusive mode');
  return client;
};

describe('a server that is asked to stop', function () {
  this.timeout(START_TIMEOUT_MS);
  let app: RunningApp;
  let ada: SignedUp;
  let lock: pg.Client | undefined;

  const start = async (shutdownTimeout: string): Promise<void> => {
    app = await startApp({ env: { SHUTDOWN_TIMEOUT: shutdownTimeout } });
    [ada] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
  };
  afterEach(async () => {
    closeSockets();
    closeRaw();
    await lock?.end();
    lock = undefined;
  });

  /** Opens a socket whose command does not end. */
  const hangingCommand = async () => {
    const socket = await connect(app, ada.accessToken);
    await socket.next('ready');
    lock = await lockTheLog(app);
    socket.send({ type: 'send', id: 'hangs', recipient: 'bob', text: 'hi' });
    socket.send({ type: 'ping' });
    await socket.next('pong'); // the command before it is under way
    return socket;
  };

  /** Sends a request that is not answered. */
  const hangingRequest = async () => {
    const body = JSON.stringify({ recipient: 'bob', text: 'hi' });
    const lines = ['POST /message/v1/send HTTP/1.1', 'Host: chat', 'Content-Type: application/json'];
    const more = [`Content-Length: ${body.length}`, `Authorization: Bearer ${ada.accessToken}`, 'Expect: 100-continue'];
    const connection = await openRaw(app);
    connection.tcp.write([...lines, ...more, '', ''].join('\r\n'));
    await once(connection.tcp, 'data');
    connection.tcp.write(body);
    return connection;
  };

  // A frame was answered with an exception, at which the process began to stop. A command of another socket never
  // ended: the server waited for it without end, and accepted nobody any more.
  it('ends when SHUTDOWN_TIMEOUT is over, though a command and a request hang, and says what hung', async () => {
    await start('2s');
    const socket = await hangingCommand();
    const request = await hangingRequest();
    expect({ code: await app.stop(), socket: await socket.closed }).to.deep.equal({ code: 1, socket: 1001 });
    await request.ended;
    expect(request.received()).to.equal(CONTINUE);
    const [interfaces] = logged(app, 'could not be released');
    expect(interfaces?.['name']).to.equal('interfaces');
    expect(JSON.stringify(interfaces)).to.include('1 requests, and 1 sockets with commands under way');
    expect(logged(app, 'stopped, and something was cut off')).to.have.length(1);
  });

  it('ends at once when it is asked again', async () => {
    await start(FOR_EVER);
    const socket = await hangingCommand();
    process.kill(app.pid, 'SIGTERM');
    await expectStopping();
    expect(await app.stop()).to.equal(1);
    expect(await socket.closed).to.equal(1006);
    expect(logged(app, 'asked again to stop: ending at once')).to.have.length(1);
  });

  /** Expects new connections to be refused, as soon as the server is stopping. */
  const expectStopping = async (): Promise<void> => {
    const isRefused = () =>
      fetch(`${app.url}/healthz`).then(
        () => false,
        () => true,
      );
    while (!(await isRefused()));
  };

  it('waits for nobody who has nothing under way: kept connections, half a request, a client that does not read', async () => {
    await start(FOR_EVER);
    const keptAlive = await openRaw(app);
    keptAlive.tcp.write('GET /healthz HTTP/1.1\r\nHost: chat\r\n\r\n');
    while (!keptAlive.received().includes('ok')) await new Promise((resolve) => keptAlive.tcp.once('data', resolve));
    const silent = await openRaw(app);
    const halfARequest = await openRaw(app);
    halfARequest.tcp.write('POST /user/v1/login HTTP/1.1\r\nHost: chat\r\nContent-');
    const deaf = await connect(app, ada.accessToken);
    await deaf.next('ready');
    deaf.ws.pause();
    expect(await app.stop()).to.equal(0);
    await Promise.all([keptAlive, silent, halfARequest].map(({ ended }) => ended));
    expect(logged(app, 'could not be released')).to.deep.equal([]);
    expect(logged(app, 'stopped')).to.have.length(1);
  });
});
