import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { signUp, type SignedUp } from '../support/signed-up.js';
import { call } from '../support/call.js';
import { describeOnEachWay } from '../support/signal-ways.js';
import { closeSockets, connect, type Frame, type Socket } from '../support/socket.js';

const UNKNOWN = '01980000-0000-7000-8000-00000000dead';

describeOnEachWay('presence', function (way) {
  this.timeout(30_000);
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let cleo: SignedUp;

  before(async function () {
    this.timeout(90_000);
    app = await startApp({ env: way().env });
    [ada, bob, cleo] = [await signUp(app, 'ada'), await signUp(app, 'bob'), await signUp(app, 'cleo')];
  });
  after(() => app.stop());

  const open = async (account: SignedUp, node = app): Promise<Socket> => {
    const socket = await connect(node, account.accessToken);
    await socket.next('ready');
    return socket;
  };

  const watch = (socket: Socket, ...userIds: string[]): void => socket.send({ type: 'presence.watch', userIds });

  /** Answers the presence frames of a user from now on, up to this status. */
  const until = async (socket: Socket, userId: string, status: string): Promise<string[]> => {
    const statuses: string[] = [];
    for (;;) {
      const frame = await socket.next('presence');
      if (frame['userId'] !== userId) continue;
      statuses.push(frame['status'] as string);
      if (frame['status'] === status) return statuses;
    }
  };

  /** Waits until all users have been offline for so long that every watcher knows. */
  const allGone = async (node = app): Promise<void> => {
    closeSockets();
    const socket = await open(cleo, node);
    const present = new Set([ada.userId, bob.userId]);
    watch(socket, ...present);
    // The users may go offline in any order, because each frame is handed out once.
    while (present.size > 0) {
      const { userId, status } = (await socket.next('presence')) as Frame & { userId: string };
      if (status === 'offline') present.delete(userId);
      else present.add(userId);
    }
    closeSockets();
  };

  describe('on one node', () => {
    afterEach(closeSockets);

    it('is shown of each who is watched, then of each who comes or goes, without a position', async () => {
      const socket = await open(ada);
      watch(socket, ada.userId, bob.userId, UNKNOWN);
      const answers = [await socket.next('presence'), await socket.next('presence'), await socket.next('presence')];
      expect(answers).to.deep.equal([
        { type: 'presence', userId: ada.userId, status: 'online' },
        { type: 'presence', userId: bob.userId, status: 'offline' },
        { type: 'presence', userId: UNKNOWN, status: 'offline' },
      ]);
      const came = await open(bob);
      expect(await socket.next('presence')).to.deep.equal({ type: 'presence', userId: bob.userId, status: 'online' });
      await came.close();
      const { lastSeenAt, ...went } = await socket.next('presence');
      expect(went).to.deep.equal({ type: 'presence', userId: bob.userId, status: 'offline' });
      expect(new Date(lastSeenAt as string).toISOString()).to.equal(lastSeenAt);
    });

    it('does not flicker over a reconnect, nor over one of two devices', async () => {
      const socket = await open(ada);
      const phone = await open(bob);
      watch(socket, bob.userId);
      await phone.close();
      const laptop = await open(bob);
      await (await open(bob)).close();
      await laptop.close();
      expect(await until(socket, bob.userId, 'offline')).to.deep.equal(['online', 'offline']);
    });

    it('ends with the session', async () => {
      const login = { login: 'bob', password: bob.password };
      const { body } = await call(app, 'POST', '/user/v1/login', { json: login });
      const session = { ...bob, accessToken: body['accessToken'] as string };
      const [socket, ending] = [await open(ada), await open(session)];
      watch(socket, bob.userId);
      await until(socket, bob.userId, 'online');
      await call(app, 'POST', '/user/v1/logout', { token: session.accessToken, json: { scope: 'session' } });
      expect(await ending.closed).to.equal(4401);
      expect(await until(socket, bob.userId, 'offline')).to.deep.equal(['offline']);
    });

    it('is shown no more of those who are watched no more', async () => {
      const [unwatching, watching] = [await open(ada), await open(ada)];
      for (const socket of [unwatching, watching]) {
        watch(socket, bob.userId);
        await until(socket, bob.userId, 'offline');
      }
      unwatching.send({ type: 'presence.unwatch', userIds: [bob.userId, UNKNOWN] });
      unwatching.send({ type: 'ping' });
      await unwatching.next('pong');
      await open(bob);
      await until(watching, bob.userId, 'online');
      unwatching.send({ type: 'ping' });
      await unwatching.next('pong');
      expect(unwatching.frames.filter(({ type }) => type === 'presence')).to.have.length(1);
    });

    it('is watched of at most 500 users by a socket', async () => {
      const socket = await open(ada);
      const users = Array.from({ length: 501 }, (_, n) => `01980000-0000-7000-8000-${String(n).padStart(12, '0')}`);
      for (let at = 0; at < 500; at += 100) watch(socket, ...users.slice(at, at + 100));
      socket.send({ type: 'presence.watch', id: 'mine', userIds: users.slice(500) });
      const error = await socket.next('error');
      expect(error).to.include({ id: 'mine', code: 'invalid_request' });
      expect(JSON.stringify(error['errors'])).to.include('500');
      socket.send({ type: 'presence.unwatch', userIds: users.slice(0, 1) });
      watch(socket, users[500] as string);
      await until(socket, users[500] as string, 'offline');
    });
  });

  describe('for those who may see it', () => {
    afterEach(closeSockets);

    const as = async (account: SignedUp, method: string, path: string, json?: object) => {
      const answer = await call(app, method, path, { token: account.accessToken, ...(json && { json }) });
      expect(answer.status, answer.text).to.be.oneOf([200, 204]);
    };

    it('is hidden from one who is blocked, at once, and shown again', async () => {
      const [watching, other] = [await open(ada), await open(cleo)];
      await open(bob);
      for (const socket of [watching, other]) {
        watch(socket, bob.userId);
        await until(socket, bob.userId, 'online');
      }
      await as(bob, 'PUT', `/user/v1/blocks/${ada.userId}`);
      await until(watching, bob.userId, 'offline');
      expect(watching.frames.at(-1), 'a hidden one cannot be told from an absent one').not.to.have.property(
        'lastSeenAt',
      );
      await as(bob, 'DELETE', `/user/v1/blocks/${ada.userId}`);
      await until(watching, bob.userId, 'online');
      const seen = other.frames.filter(({ type }) => type === 'presence').map(({ status }) => status);
      expect(seen.at(-1), 'to others nothing has changed').to.equal('online');
    });

    it('is shown to contacts alone, or to nobody, as the user has set it', async () => {
      const watching = await open(ada);
      await open(bob);
      watch(watching, bob.userId);
      await until(watching, bob.userId, 'online');
      await as(bob, 'PATCH', '/user/v1/me/settings', { presence: 'contacts' });
      await until(watching, bob.userId, 'offline');
      await as(bob, 'PUT', `/user/v1/contacts/${ada.userId}`);
      await until(watching, bob.userId, 'online');
      await as(bob, 'PATCH', '/user/v1/me/settings', { presence: 'nobody' });
      await until(watching, bob.userId, 'offline');
      await as(bob, 'PATCH', '/user/v1/me/settings', { presence: 'everyone' });
      await until(watching, bob.userId, 'online');
      await as(bob, 'DELETE', `/user/v1/contacts/${ada.userId}`);
    });
  });

  describe('on two nodes', () => {
    let other: RunningApp;

    beforeEach(async () => {
      other = await startApp({ beside: app, env: way().env });
    });
    afterEach(async () => {
      closeSockets();
      await other.stop();
    });

    it('is seen from both, whoever was there first', async () => {
      await allGone();
      const early = await open(bob);
      const late = await open(ada, other);
      watch(late, bob.userId);
      await until(late, bob.userId, 'online');
      watch(early, ada.userId, cleo.userId);
      await until(early, ada.userId, 'online');
      await open(cleo, other);
      await until(early, cleo.userId, 'online');
      await Promise.all([early.close(), late.close()]);
    });

    it('does not flicker when somebody moves to the other', async () => {
      const first = await open(bob, other);
      const witness = await open(ada);
      watch(witness, bob.userId);
      await until(witness, bob.userId, 'online');
      const watching = await open(ada); // ada begins to watch when this node knows of bob
      watch(watching, bob.userId);
      await until(watching, bob.userId, 'online');
      await first.close();
      const second = await open(bob);
      // A later frame shows that the grace period of the first has passed.
      const third = await open(cleo, other);
      watch(watching, cleo.userId);
      await until(watching, cleo.userId, 'online');
      await third.close();
      await until(watching, cleo.userId, 'offline');
      const ofBob = watching.frames.filter(({ userId }) => userId === bob.userId).map(({ status }) => status);
      expect(ofBob).to.deep.equal(['online']);
      await second.close();
    });

    it('ends with a node that is killed', async () => {
      const watching = await open(ada);
      await open(bob, other);
      watch(watching, bob.userId);
      await until(watching, bob.userId, 'online');
      process.kill(other.pid, 'SIGKILL');
      expect(await until(watching, bob.userId, 'offline')).to.deep.equal(['offline']);
    });

    it('outlives a node that stops, when one connects to the other in time', async () => {
      const watching = await open(ada);
      for (const account of [bob, cleo]) await open(account, other);
      watch(watching, bob.userId, cleo.userId);
      await Promise.all([until(watching, bob.userId, 'online')]);
      const stopped = other.stop();
      const back = await open(bob);
      await stopped;
      await until(watching, cleo.userId, 'offline');
      const ofBob = watching.frames.filter(({ userId }) => userId === bob.userId).map(({ status }) => status);
      expect(ofBob.slice(ofBob.indexOf('online'))).to.deep.equal(['online']);
      await back.close();
    });

    it('is true again after the nodes have lost each other', async () => {
      await allGone();
      const watching = await open(ada);
      await open(cleo, other);
      watch(watching, bob.userId, cleo.userId);
      await until(watching, cleo.userId, 'online');
      await way().cut(app);
      // What is told now may be lost; the node learns of it because it asks.
      await open(bob, other);
      await until(watching, bob.userId, 'online');
    });
  });
});
