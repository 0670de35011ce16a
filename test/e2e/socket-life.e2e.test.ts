import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { logIn, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets, connect, type Socket } from '../support/socket.js';

describe('the life of a socket', function () {
  this.timeout(90_000);
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;

  before(async () => {
    app = await startApp({ env: { HEARTBEAT_INTERVAL: '1s' } });
    [ada, bob] = await Promise.all([signUp(app, 'ada'), signUp(app, 'bob')]);
  });
  afterEach(closeSockets);
  after(() => app.stop());

  const open = async (token: string, node = app): Promise<Socket> => {
    const socket = await connect(node, token);
    await socket.next('ready');
    return socket;
  };
  const isOpen = async (socket: Socket): Promise<void> => {
    socket.send({ type: 'ping' });
    await socket.next('pong');
  };

  it('goes on behind the expiry of its first token, which is refreshed over HTTP and sent in band', async () => {
    const short = await startApp({ beside: app, env: { ACCESS_TOKEN_TTL: '8s' } });
    const refresh = (refreshToken: unknown) =>
      call(short, 'POST', '/user/v1/refresh-token', { json: { refreshToken } });
    const { accessToken, refreshToken, sessionId } = await logIn(short, ada);
    const [renewed, left] = [await open(accessToken, short), await open(accessToken, short)];
    const { expiresAt } = await renewed.next('auth.expiring');
    let answer = await refresh(refreshToken);
    await isOpen(renewed); // a refresh cuts no socket
    await isOpen(left);
    // A token has whole seconds: one of the same second as the first is no newer.
    while (expiryOf(answer.body['accessToken'] as string) <= Date.parse(expiresAt as string))
      answer = await refresh(answer.body['refreshToken']);
    renewed.send({ type: 'auth', token: answer.body['accessToken'] });
    const frame = await renewed.next('auth.renewed');
    expect(frame).to.include({ sessionId });
    expect(Date.parse(frame['expiresAt'] as string)).to.be.above(Date.parse(expiresAt as string));
    expect(await left.closed).to.equal(4401);
    expect(left.frames.map(({ type }) => type)).to.not.include('session.ended');
    await isOpen(renewed);
    closeSockets();
    await short.stop();
  });

  const expiryOf = (token: string): number => {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
    return claims.exp * 1_000;
  };

  it('ends when its client is there no more, though the connection says nothing of it', async () => {
    const [frozen, watching] = [
      await open((await logIn(app, bob)).accessToken),
      await open((await logIn(app, ada)).accessToken),
    ];
    frozen.ws.pause();
    watching.send({ type: 'presence.watch', userIds: [bob.userId] });
    expect(await watching.next('presence')).to.include({ userId: bob.userId, status: 'online' });
    expect(await watching.next('presence')).to.include({ userId: bob.userId, status: 'offline' });
    frozen.ws.resume();
    expect(await frozen.closed).to.equal(1006);
  });

  it('is not compressed, though the client offers it', async () => {
    const socket = await open((await logIn(app, ada)).accessToken);
    expect(socket.ws.extensions).to.equal('');
  });

  it('ends with the server, of many sockets one after another', async () => {
    const stopping = await startApp({ beside: app });
    const { accessToken } = await logIn(stopping, ada);
    const sockets = await Promise.all(Array.from({ length: 20 }, () => connect(stopping, accessToken)));
    await Promise.all(sockets.map((socket) => socket.next('ready')));
    expect(await stopping.stop()).to.equal(0);
    expect(await Promise.all(sockets.map(({ closed }) => closed))).to.deep.equal(Array(20).fill(1001));
  });
});
