/** The parts of a connection of the driver that we know of. Its own types do not declare them. */
declare module 'mongodb/lib/cmap/connection.js' {
  import type { Socket } from 'node:net';

  export class Connection {
    readonly socket: Socket;
    /** Why the connection is of no more use; null as long as it is of use. */
    readonly error: Error | null;
    /** Resolves once the socket has taken the request. */
    writeCommand(request: unknown, options: unknown): Promise<unknown>;
  }
}
