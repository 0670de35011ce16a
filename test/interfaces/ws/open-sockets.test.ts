import { expect } from 'chai';
import type { AccessClaims } from '../../../src/application/ports/access-tokens.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { OpenSockets } from '../../../src/interfaces/ws/open-sockets.js';
import { ada, bob, sessionNumber } from '../../support/ids.js';

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

  const openWith = (address: string) => {
    const socket: Socket = { address, claims: undefined };
    return { socket, givesWay: sockets.opened(socket) };
  };
  const open = (address = '192.0.2.1'): Socket => openWith(address).socket;
  const givesWay = (address = '192.0.2.1'): Socket | undefined => openWith(address).givesWay;
  const authenticate = (socket: Socket, userId: UserId) => {
    socket.claims = { userId, sessionId: sessionNumber(1), epoch: 0, roles: [], expiresAt: 0 };
    return sockets.authenticated(socket, userId);
  };
  const names = (count: number) => Array.from({ length: count }, (_, n) => `user ${n}` as UserId);

  // A client that opened 200 sockets and said nothing locked out everybody with the same address.
  it('of an address that have not said whose they are give way, the oldest first, when there are too many', () => {
    const silent = Array.from({ length: UNAUTHENTICATED }, () => open());
    expect(sockets.hasRoomFor('192.0.2.1')).to.equal(true);
    for (const oldest of silent.slice(0, 2)) expect(givesWay()).to.equal(oldest);
    expect(givesWay('192.0.2.2')).to.equal(undefined);
    for (const socket of silent.slice(0, 2)) sockets.closed(socket);
    authenticate(silent[2]!, ada);
    expect(givesWay(), 'one has said whose it is').to.equal(undefined);
  });

  it('of an address give way to those that may say whose they are, until all have', () => {
    const [known] = names(PER_ADDRESS).map((user) => {
      const socket = open();
      authenticate(socket, user);
      return socket;
    });
    expect(sockets.hasRoomFor('192.0.2.1')).to.equal(false);
    sockets.closed(known!);
    const silent = open();
    expect(sockets.hasRoomFor('192.0.2.1')).to.equal(true);
    const { socket, givesWay: oldest } = openWith('192.0.2.1');
    expect(oldest).to.equal(silent);
    sockets.closed(silent);
    authenticate(socket, ada);
    expect(sockets.hasRoomFor('192.0.2.1')).to.equal(false);
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
    expect(givesWay()).to.equal(undefined);
    expect(givesWay()).to.equal(silent[1]);
  });

  it('of an IPv6 network of 64 bits count as of one address', () => {
    const silent = Array.from({ length: UNAUTHENTICATED }, (_, n) => open(`2001:db8:1:2::${n}`));
    expect(givesWay('2001:db8:1:3::1')).to.equal(undefined);
    expect(givesWay('2001:db8:1:2:ffff::1')).to.equal(silent[0]);
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

  // A socket that had authenticated was subtracted, at its end, from those that had not: each made room for one more
  // silent socket.
  it('make no room for silent ones when they had said whose they are', () => {
    const [known] = [open(), open()];
    authenticate(known, ada);
    sockets.closed(known);
    expect(Array.from({ length: UNAUTHENTICATED }, () => givesWay() === undefined)).to.deep.equal([true, true, false]);
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
