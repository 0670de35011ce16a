import { expect } from 'chai';
import { LivePresence } from '../../../src/application/presence/live-presence.js';
import { PRESENCE_LIMITS } from '../../../src/application/presence/presence.js';
import type { NodeId } from '../../../src/application/ports/signals.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import type { Connection } from '../../../src/interfaces/ws/connection.js';
import { showPresence, SocketPresence } from '../../../src/interfaces/ws/presence.js';
import { captureConnection } from '../../support/captured-connection.js';
import { ada, bob, cleo } from '../../support/ids.js';

const { graceMs, awayAfterMs } = PRESENCE_LIMITS;

describe('The presence of sockets', () => {
  let now: number;
  let live: LivePresence<Connection>;
  let presence: SocketPresence;
  beforeEach(() => {
    now = 0;
    live = new LivePresence<Connection>({
      signals: { node: 'one' as NodeId, publish: () => undefined },
      audience: { areVisible: async (questions) => questions.map(() => true) },
      limits: PRESENCE_LIMITS,
      show: showPresence,
      onFailed: () => undefined,
    });
    presence = new SocketPresence(live, () => now);
  });

  const pass = (milliseconds: number) => live.tick((now += milliseconds));
  const open = (userId: UserId) => {
    const captured = captureConnection(userId);
    presence.opened(captured.connection, userId);
    return captured;
  };
  const frame = (what: 'watch' | 'unwatch', ...userIds: UserId[]) => ({ type: `presence.${what}`, userIds });
  const watch = ({ connection }: { connection: Connection }, ...userIds: UserId[]) =>
    presence.handlers['presence.watch'](frame('watch', ...userIds), connection);
  const unwatch = ({ connection }: { connection: Connection }, ...userIds: UserId[]) =>
    presence.handlers['presence.unwatch'](frame('unwatch', ...userIds), connection);

  const online = (userId: UserId) => ({ type: 'presence', userId, status: 'online' });
  const away = (userId: UserId) => ({
    type: 'presence',
    userId,
    status: 'away',
    lastSeenAt: '1970-01-01T00:00:00.000Z',
  });

  it('shows the same to all who watch, with the time only where there is one', () => {
    const watching = [captureConnection(ada), captureConnection(cleo)];
    const connections = watching.map(({ connection }) => connection);
    showPresence(connections, bob, { status: 'offline' });
    showPresence(connections, bob, { status: 'away', lastSeenAt: 1_500 });
    for (const { frames } of watching)
      expect(frames()).to.deep.equal([
        { type: 'presence', userId: bob, status: 'offline' },
        { type: 'presence', userId: bob, status: 'away', lastSeenAt: '1970-01-01T00:00:01.500Z' },
      ]);
  });

  it('shows users from when they are watched until they are no more', async () => {
    const watching = open(ada);
    const watched = open(bob);
    await watch(watching, bob, cleo);
    expect(watching.frames()).to.deep.equal([online(bob), { type: 'presence', userId: cleo, status: 'offline' }]);
    await unwatch(watching, bob);
    pass(awayAfterMs);
    presence.active(watched.connection);
    open(cleo);
    expect(watching.frames().slice(2)).to.deep.equal([online(cleo)]);
  });

  it('takes a frame that a user has caused for a sign of them', async () => {
    const [watching, watched] = [open(ada), open(bob)];
    await watch(watching, bob);
    pass(awayAfterMs);
    expect(watching.frames()).to.deep.equal([online(bob), away(bob)]);
    presence.active(watched.connection);
    expect(watching.frames().slice(2)).to.deep.equal([online(bob)]);
  });

  it('shows one as gone when the last of their sockets has closed for good, however often each is said to close', async () => {
    const [watching, phone, laptop] = [open(ada), open(bob), open(bob)];
    await watch(watching, bob);
    presence.closed(phone.connection);
    presence.closed(phone.connection);
    pass(graceMs);
    expect(watching.frames()).to.deep.equal([online(bob)]);
    presence.closed(laptop.connection);
    pass(graceMs);
    expect(watching.frames().slice(1)).to.deep.equal([
      { type: 'presence', userId: bob, status: 'offline', lastSeenAt: '1970-01-01T00:00:04.000Z' },
    ]);
  });

  it('does nothing for a socket that has said nothing, or has closed', async () => {
    const [silent, gone] = [captureConnection(ada), open(ada)];
    presence.closed(gone.connection);
    for (const socket of [silent, gone]) {
      presence.active(socket.connection);
      presence.closed(socket.connection);
      await watch(socket, bob);
      await unwatch(socket, bob);
      expect(socket.frames()).to.deep.equal([]);
    }
  });

  it('refuses frames that name nobody', async () => {
    const socket = open(ada);
    const refusals = await Promise.allSettled([watch(socket), unwatch(socket)]);
    expect(refusals.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
  });
});
