import { expect } from 'chai';
import type { AccessClaims } from '../../../src/application/ports/access-tokens.js';
import { TokenLife } from '../../../src/interfaces/ws/token-life.js';
import { captureConnection } from '../../support/captured-connection.js';
import { gatewayScenes, isOpen } from '../../support/gateway-scene.js';
import { ada, positionOf, sessionNumber } from '../../support/ids.js';

const at = (seconds: number) => new Date(seconds * 1_000).toISOString();

describe('The token of a socket', () => {
  const open = gatewayScenes();
  const life = (type: string, seconds: number) => ({ type, sessionId: sessionNumber(4), expiresAt: at(seconds) });

  it('ends the socket when it expires, though nothing is sent, and the session goes on', async () => {
    const scene = await open();
    const old = await scene.live('old');
    scene.now = 500_000;
    expect(await old.closed).to.equal(4401);
    expect(old.frames.map(({ type }) => type)).to.deep.equal(['ready']);
  });

  it('is replaced by a newer one of the session, as the client is asked for a minute before', async () => {
    const scene = await open();
    const socket = await scene.live('old');
    scene.now = 440_000;
    expect(await socket.next('auth.expiring')).to.deep.equal(life('auth.expiring', 500));
    socket.send({ type: 'auth', token: 'newer' });
    expect(await socket.next('auth.renewed')).to.deep.equal(life('auth.renewed', 900));
    scene.now = 500_000;
    await isOpen(socket);
    scene.now = 840_000;
    expect(await socket.next('auth.expiring')).to.deep.equal(life('auth.expiring', 900));
    scene.now = 900_000;
    expect(await socket.closed).to.equal(4401);
    expect(socket.frames.map(({ type }) => type)).to.deep.equal([
      'ready',
      'auth.expiring',
      'auth.renewed',
      'pong',
      'auth.expiring',
    ]);
    expect(scene.notes, 'the client does it, not its user').to.not.include('active');
  });

  it('is not replaced by an older one', async () => {
    const scene = await open();
    const socket = await scene.live('newer');
    socket.send({ type: 'auth', token: 'old' });
    expect(await socket.next('auth.renewed')).to.deep.equal(life('auth.renewed', 900));
    scene.now = 600_000;
    await isOpen(socket);
  });

  for (const [what, frame, code] of [
    ['of another user', { token: 'bob' }, 'other_session'],
    ['of another session of the user', { token: 'phone' }, 'other_session'],
    ['that is none', { token: 'unknown' }, 'unauthenticated'],
    ['that cannot be checked', { token: 'broken' }, 'internal_error'],
    ['beside a position to resume from', { token: 'laptop', resumeAfter: '3' }, 'invalid_request'],
    ['that is no text', { token: 1 }, 'invalid_request'],
  ] as const)
    it(`is not replaced by one ${what}, and the socket goes on as it was`, async () => {
      const scene = await open();
      const socket = await scene.live('laptop');
      socket.send({ type: 'auth', ...frame });
      expect(await socket.next('error')).to.include({ code });
      await isOpen(socket);
      expect(scene.onlyConnection.claims).to.include({ userId: ada, sessionId: sessionNumber(1) });
    });

  it('is warned of once, and behind what the client has missed', () => {
    const denylist = { allows: () => true };
    const authenticate = () => {
      throw new Error('nobody asks');
    };
    const tokens = new TokenLife({ useCases: { authenticate }, denylist, now: () => 0 });
    const { connection, frames } = captureConnection();
    connection.authenticate({ userId: ada, sessionId: sessionNumber(4), expiresAt: 60 } as AccessClaims);
    connection.hold(positionOf(0));
    tokens.check(connection);
    expect(frames()).to.deep.equal([]);
    connection.release(positionOf(7));
    tokens.check(connection);
    tokens.check(connection);
    expect(frames()).to.deep.equal([life('auth.expiring', 60)]);
  });
});
