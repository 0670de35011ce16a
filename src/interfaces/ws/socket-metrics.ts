import type { CloseReason } from './close-codes.js';

/** What is counted of all sockets of this node. */
export interface SocketMetrics {
  /** Says how many are open. */
  sockets(open: number): void;
  /** A frame came in. */
  received(): void;
  /** So many frames went out. */
  sent(count: number): void;
  /** The server closes a socket. */
  closed(reason: CloseReason): void;
}
