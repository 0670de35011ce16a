import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;

/** Makes the client open another connection for its next request. */
const isTheLastOn = (response: ServerResponse): void => {
  if (!response.headersSent) response.setHeader('Connection', 'close');
};

/** The connections of an HTTP server, and the requests under way on them. */
export class OpenConnections {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #responses = new Set<ServerResponse>();
  #isClosing = false;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.prependListener('request', (_, response) => {
      this.#responses.add(response);
      response.once('close', () => this.#responses.delete(response));
      if (this.#isClosing) isTheLastOn(response);
    });
  }

  /**
   * Accepts no more connections, and waits for requests under way. Answers how many of them were not answered in this
   * time. It does not wait for connections without a request: their clients keep them for later, or never send anything.
   */
  async drain(withinMs: number): Promise<number> {
    this.#isClosing = true;
    this.#server.close();
    this.#server.closeIdleConnections();
    for (const response of this.#responses) isTheLastOn(response);
    const deadline = performance.now() + withinMs;
    while (this.#responses.size > 0 && performance.now() < deadline) await sleep(POLL_MS);
    return this.#responses.size;
  }

  /** Ends every connection, WebSockets too, whatever is under way on it. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
