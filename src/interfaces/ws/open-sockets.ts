import { networkOf } from '../../application/kernel/network-of.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { Connection } from './connection.js';

/** What is counted of a socket. */
type Counted = Pick<Connection, 'address' | 'claims'>;

/** How many sockets may be open at a time on this node. */
export interface SocketLimits {
  readonly perUser: number;
  /** Of one address, an IPv6 network of 64 bits counting as one. */
  readonly perAddress: number;
  /** Those of them that have not said yet whose they are: an attacker needs no account for them. */
  readonly unauthenticatedPerAddress: number;
}

interface Network {
  open: number;
  unauthenticated: number;
}

/** Counts the sockets of each address and of each user, from the upgrade until the line is gone. */
export class OpenSockets<Socket extends Counted = Connection> {
  readonly #limits: SocketLimits;
  readonly #networks = new Map<string, Network>();
  /** In the order in which they said whose they are. */
  readonly #byUser = new Map<UserId, Set<Socket>>();

  constructor(limits: SocketLimits) {
    this.#limits = limits;
  }

  /** Whether another socket of this address may be opened. */
  hasRoomFor(address: string): boolean {
    const network = this.#networks.get(networkOf(address));
    if (!network) return true;
    const { perAddress, unauthenticatedPerAddress } = this.#limits;
    return network.open < perAddress && network.unauthenticated < unauthenticatedPerAddress;
  }

  opened({ address }: Socket): void {
    const key = networkOf(address);
    const network = this.#networks.get(key) ?? { open: 0, unauthenticated: 0 };
    this.#networks.set(key, network);
    network.open += 1;
    network.unauthenticated += 1;
  }

  /** The socket has said whose it is; answers the oldest one of the user where they have too many by now. */
  authenticated(connection: Socket, userId: UserId): Socket | undefined {
    const network = this.#networks.get(networkOf(connection.address));
    if (network) network.unauthenticated -= 1;
    const sockets = this.#byUser.get(userId) ?? new Set();
    this.#byUser.set(userId, sockets.add(connection));
    if (sockets.size <= this.#limits.perUser) return undefined;
    const [oldest] = sockets;
    if (oldest) sockets.delete(oldest);
    return oldest;
  }

  /** The line is gone. */
  closed(connection: Socket): void {
    const { address, claims } = connection;
    this.#leave(networkOf(address), claims !== undefined);
    const sockets = claims && this.#byUser.get(claims.userId);
    sockets?.delete(connection);
    if (claims && sockets?.size === 0) this.#byUser.delete(claims.userId);
  }

  #leave(key: string, isAuthenticated: boolean): void {
    const network = this.#networks.get(key);
    if (!network) return;
    network.open -= 1;
    if (!isAuthenticated) network.unauthenticated -= 1;
    if (network.open === 0) this.#networks.delete(key);
  }
}
