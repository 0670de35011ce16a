import { Duplex } from 'node:stream';
import type { AccessClaims } from '../../src/application/ports/access-tokens.js';
import type { SessionId, UserId } from '../../src/domain/kernel/ids.js';
import { Connection } from '../../src/interfaces/ws/connection.js';
import type { Socket } from '../../src/interfaces/ws/socket.js';
import { sessionNumber } from './ids.js';

export type CapturedFrame = Readonly<Record<string, unknown>> & { readonly type: string };

/** Takes text frames apart, one after another, as a client does. */
const framesIn = (bytes: Buffer): CapturedFrame[] => {
  const frames: CapturedFrame[] = [];
  for (let at = 0; at < bytes.length;) {
    const short = bytes.readUInt8(at + 1);
    const [header, length] =
      short < 126
        ? [2, short]
        : short === 126
          ? [4, bytes.readUInt16BE(at + 2)]
          : [10, Number(bytes.readBigUInt64BE(at + 2))];
    frames.push(JSON.parse(bytes.toString('utf8', at + header, at + header + length)) as CapturedFrame);
    at += header + length;
  }
  return frames;
};

/**
 * Makes a connection of a user, or of nobody yet. Its line keeps what is written to it, and takes it at once unless it
 * is stalled. What the server does to its socket is noted.
 */
export const captureConnection = (userId?: UserId, sessionId: SessionId = sessionNumber(1)) => {
  const written: Buffer[] = [];
  const untaken: (() => void)[] = [];
  let isStalled = false;
  const line = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => {
      written.push(chunk);
      if (isStalled) untaken.push(done);
      else done();
    },
  });
  const said: string[] = [];
  const socket = {
    OPEN: 1,
    readyState: 1,
    pause: () => said.push('pause'),
    resume: () => said.push('resume'),
    close: (code: number) => said.push(`close ${code}`),
    ping: (data: string) => said.push(`ping '${data}'`),
  };
  const connection = new Connection(socket as unknown as Socket, line, '192.0.2.1');
  if (userId) connection.authenticate({ userId, sessionId, epoch: 0 } as AccessClaims);
  return {
    connection,
    written,
    socket,
    said,
    stall: () => (isStalled = true),
    /** Takes what waits on the line. */
    drain: () => {
      isStalled = false;
      for (const done of untaken.splice(0)) done();
    },
    /** Answers all frames so far. */
    frames: (): CapturedFrame[] => {
      connection.flush();
      return framesIn(Buffer.concat(written));
    },
  };
};

export type CapturedConnection = ReturnType<typeof captureConnection>;
