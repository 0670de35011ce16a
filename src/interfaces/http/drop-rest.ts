import type { IncomingMessage } from 'node:http';

/** The time after which a client that sends nothing more is answered. */
const QUIET_MS = 500;
const MAX_DROPPED_BYTES = 32 * 1024 * 1024;

/**
 * Reads the rest of a request that is refused, and drops it: a client that is still sending would not read the answer. It
 * ends with the request, with a pause of the client, and with more than anybody needs to send.
 */
export const dropRest = (request: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    let dropped = 0;
    const done = (): void => {
      clearTimeout(timer);
      request.off('data', drop);
      resolve();
    };
    const timer = setTimeout(done, QUIET_MS);
    const drop = (chunk: Buffer): void => {
      dropped += chunk.length;
      timer.refresh();
      if (dropped > MAX_DROPPED_BYTES) done();
    };
    for (const end of ['end', 'close', 'error']) request.once(end, done);
    if (request.complete && request.readableEnded) done();
    else request.on('data', drop).resume();
  });
