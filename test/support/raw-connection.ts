import { once } from 'node:events';
import { connect, type Socket as TcpSocket } from 'node:net';
import type { Target } from './target.js';

/** A connection on which bytes are written unchanged. */
export interface RawConnection {
  readonly tcp: TcpSocket;
  /** Answers everything that has come back. */
  received(): string;
  /** Resolves when the server has closed the connection. */
  readonly ended: Promise<void>;
}

const open = new Set<TcpSocket>();

/** Ends the connections that a test has left open, also those of a test that failed. */
export const closeRaw = (): void => {
  for (const tcp of open) tcp.destroy();
};

export const openRaw = async ({ url }: Target): Promise<RawConnection> => {
  const { hostname, port } = new URL(url);
  const tcp = connect(Number(port), hostname);
  open.add(tcp);
  tcp.once('close', () => open.delete(tcp));
  const chunks: Buffer[] = [];
  tcp.on('data', (chunk) => chunks.push(chunk));
  // A server that has refused the rest resets the connection while the test still writes; only the answer matters.
  tcp.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => tcp.once('close', () => resolve()));
  await once(tcp, 'connect');
  return { tcp, received: () => Buffer.concat(chunks).toString('latin1'), ended };
};

/**
 * Resolves when this event has happened or the connection has ended: `once` would fail with the error that precedes the
 * end.
 */
const happened = ({ tcp, ended }: RawConnection, event: 'data' | 'drain'): Promise<unknown> =>
  Promise.race([new Promise((resolve) => tcp.once(event, resolve)), ended]);

/** Answers the status of the first response, once it has come or the connection has ended. */
export const statusOf = async (connection: RawConnection): Promise<number> => {
  const isAnswered = () => connection.received().includes('\r\n\r\n');
  while (!isAnswered() && !connection.tcp.closed) await happened(connection, 'data');
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(connection.received())?.[1]);
};

/** Writes until everything is written or the server has hung up; answers how many bytes the server has taken. */
export const pour = async (connection: RawConnection, chunk: Buffer, times: number): Promise<number> => {
  for (let written = 0; written < times && !connection.tcp.destroyed; written += 1)
    if (!connection.tcp.write(chunk)) await happened(connection, 'drain');
  return connection.tcp.bytesWritten;
};
