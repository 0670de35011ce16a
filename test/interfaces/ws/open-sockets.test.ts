import { expect } from 'chai';
import type { AccessClaims } from '../../../src/application/ports/access-tokens.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { OpenSockets } from '../../../src/interfaces/ws/open-sockets.js';
import { ada, bob, sessionNumber } from '../../support/people.js';

const PER_ADDRESS = 5;
const UNAUTHENTICATED = 3;

interface Socket {
  readonly address: string;
  claims: AccessClaims | undefined;
}

describe('Open sockets', () => {
  let sockets: OpenSockets<Socket>;
  beforeEach(() => {
    sockets = new OpenSockets({ perUser: 2, perAddress: PER_ADDRESS, unauthenticatedPerAddress: UNAUTHENTICATED });
  });

  const open = (address = '192.0.2.1'): Socket => {
    const socket = { address, claims: undefined };
    sockets.opened(socket);
    return socket;
  };
  const authenticate = (socket: Socket, userId: UserId) => {
    socket.claims = { userId, sessionId: sessionNumber(1), epoch: 0, roles: [], expiresAt: 0 };
    return sockets.authenticated(socket, userId);
  };
  const names = (count: number) => Array.from({ length: count }, (_, n) => `user ${n}` as UserId);

  it('of an address are few that have not said whose they are', () => {
    for (let n = 0; n < UNAUTHENTICATED; n += 1) {
      expect(sockets.hasRoomFor('192.0.2.1')).to.equal(true);
      open();
    }
    expect(sockets.hasRoomFor('192.0.2.1')).to.equal(false);
    expect(sockets.hasRoomFor('192.0.2.2')).to.equal(true);
  });

  it('of an address are more when they say whose they are, and no more than so many', () => {
    for (const user of names(PER_ADDRESS)) {
      expect(sockets.hasRoomFor('192.0.2.1')).to.equal(true);
      authenticate(open(), user);
    }
    expect(sockets.hasRoomFor('192.0.2.1')).to.equal(false);
  });

  it('make room when they are gone, whether or not they said whose they are', () => {
    const silent = Array.from({ length: UNAUTHENTICATED }, () => open());
    sockets.closed(silent[0]!);
    expect(sockets.hasRoomFor('192.0.2.1')).to.equal(true);
    for (const connection of silent.slice(1)) sockets.closed(connection);
    const known = names(PER_ADDRESS).map((user) => {
      const connection = open();
      authenticate(connection, user);
      return connection;
    });
    sockets.closed(known[0]!);
    expect(sockets.hasRoomFor('192.0.2.1')).to.equal(true);
    open();
    expect(sockets.hasRoomFor('192.0.2.1')).to.equal(false);
  });

  it('of an IPv6 network of 64 bits count as of one address', () => {
    for (let n = 0; n < UNAUTHENTICATED; n += 1) open(`2001:db8:1:2::${n}`);
    expect(sockets.hasRoomFor('2001:db8:1:2:ffff::1')).to.equal(false);
    expect(sockets.hasRoomFor('2001:db8:1:3::1')).to.equal(true);
  });

  it('of a user are so many at most: one more is answered with the oldest, and then the next oldest', () => {
    const [first, second, third, fourth] = [open('a'), open('b'), open('c'), open('d')];
    expect(authenticate(first, ada)).to.equal(undefined);
    expect(authenticate(second, ada)).to.equal(undefined);
    expect(authenticate(third, ada)).to.equal(first);
    expect(authenticate(fourth, ada)).to.equal(second);
    sockets.closed(first);
    sockets.closed(second);
    sockets.closed(third);
    expect(authenticate(open('e'), ada), 'there is room again').to.equal(undefined);
  });

  it('of one user do not count as of another, and are counted anew when all of them are gone', () => {
    const [first, second, others] = [open('a'), open('b'), open('c')];
    authenticate(first, ada);
    authenticate(second, ada);
    expect(authenticate(others, bob)).to.equal(undefined);
    sockets.closed(first);
    sockets.closed(second);
    expect([open('d'), open('e')].map((connection) => authenticate(connection, ada))).to.deep.equal([
      undefined,
      undefined,
    ]);
  });

  // One that had said whose it is was taken, at its end, from those that had not: each made room for one silent socket more.
  it('make no room for silent ones when they had said whose they are', () => {
    const [known] = [open(), open()];
    authenticate(known, ada);
    sockets.closed(known);
    for (let n = 1; n < UNAUTHENTICATED; n += 1) {
      expect(sockets.hasRoomFor('192.0.2.1')).to.equal(true);
      open();
    }
    expect(sockets.hasRoomFor('192.0.2.1')).to.equal(false);
  });

  it('of a user count on when one of them is gone, and one that was closed as the oldest may go last', () => {
    const [first, second, third, fourth] = [open('a'), open('b'), open('c'), open('d')];
    for (const socket of [first, second]) authenticate(socket, ada);
    sockets.closed(first);
    expect(authenticate(third, ada)).to.equal(undefined);
    expect(authenticate(fourth, ada)).to.equal(second);
    for (const socket of [third, fourth, second]) sockets.closed(socket);
    expect(authenticate(open('e'), ada)).to.equal(undefined);
  });
});
