import type { Duplex } from 'node:stream';

/** The time after which a client that sends nothing more is cut off, and that after which any is. */
const QUIET_MS = 2_000;
const LONGEST_MS = 15_000;

/** The connections that were answered, with the end of the silence that they are given. */
const answered = new WeakMap<Duplex, NodeJS.Timeout>();

/**
 * Answers what is no HTTP with a plain refusal, and drops what else comes, so that the refusal can be read: a connection that
 * is cut off while its client still sends is reset, and the client loses what it has not read. The parser complains of
 * each further piece anew.
 */
export const refuseNonsense = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  const silence = answered.get(socket);
  if (silence) {
    silence.refresh();
    return;
  }
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.resume();
  answered.set(socket, setTimeout(() => socket.destroy(), QUIET_MS).unref());
  setTimeout(() => socket.destroy(), LONGEST_MS).unref();
};
