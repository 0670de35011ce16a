import { networkOf } from '../../application/kernel/network-of.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { Connection } from './connection.js';

/** The part of a socket that is counted. */
type Counted = Pick<Connection, 'address' | 'claims'>;

/** The most sockets that may be open at a time on this node. */
export interface SocketLimits {
  readonly perUser: number;
  /** The sockets of one address. An IPv6 network of 64 bits counts as one address. */
  readonly perAddress: number;
  /** The number of them whose user is not known yet: an attacker needs no account for them. */
  readonly unauthenticatedPerAddress: number;
}

interface Network<Socket> {
  open: number;
  /** The sockets, the oldest first. */
  readonly unauthenticated: Set<Socket>;
}

/** Counts the sockets of each address and of each user, from the upgrade until the connection is gone. */
export class OpenSockets<Socket extends Counted = Connection> {
  readonly #limits: SocketLimits;
  readonly #networks = new Map<string, Network<Socket>>();
  /** The sockets of each user, in the order in which they logged in. */
  readonly #byUser = new Map<UserId, Set<Socket>>();

  constructor(limits: SocketLimits) {
    this.#limits = limits;
  }

  /**
   * Says whether another socket of this address may be opened: where all have logged in, none is closed in its favour.
   */
  hasRoomFor(address: string): boolean {
    const network = this.#networks.get(networkOf(address));
    return !network || network.open < this.#limits.perAddress || network.unauthenticated.size > 0;
  }

  /**
   * Counts a new socket. Where there are too many, answers the one that is closed in its favour: the oldest of its address
   * that has not logged in. So silent sockets keep nobody out who shares the address.
   */
  opened(connection: Socket): Socket | undefined {
    const key = networkOf(connection.address);
    const network = this.#networks.get(key) ?? { open: 0, unauthenticated: new Set<Socket>() };
    this.#networks.set(key, network);
    network.open += 1;
    network.unauthenticated.add(connection);
    const { perAddress, unauthenticatedPerAddress } = this.#limits;
    if (network.open <= perAddress && network.unauthenticated.size <= unauthenticatedPerAddress) return undefined;
    const [oldest] = network.unauthenticated;
    if (oldest) network.unauthenticated.delete(oldest);
    return oldest;
  }

  /** Notes that the socket has logged in. Answers the oldest socket of the user where they have too many by now. */
  authenticated(connection: Socket, userId: UserId): Socket | undefined {
    this.#networks.get(networkOf(connection.address))?.unauthenticated.delete(connection);
    const sockets = this.#byUser.get(userId) ?? new Set();
    this.#byUser.set(userId, sockets.add(connection));
    if (sockets.size <= this.#limits.perUser) return undefined;
    const [oldest] = sockets;
    if (oldest) sockets.delete(oldest);
    return oldest;
  }

  /** Notes that the connection is gone. */
  closed(connection: Socket): void {
    const { claims } = connection;
    this.#leave(connection);
    const sockets = claims && this.#byUser.get(claims.userId);
    sockets?.delete(connection);
    if (claims && sockets?.size === 0) this.#byUser.delete(claims.userId);
  }

  #leave(connection: Socket): void {
    const key = networkOf(connection.address);
    const network = this.#networks.get(key);
    if (!network) return;
    network.open -= 1;
    network.unauthenticated.delete(connection);
    if (network.open === 0) this.#networks.delete(key);
  }
}
