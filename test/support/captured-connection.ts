import { Duplex } from 'node:stream';
import type { AccessClaims } from '../../src/application/ports/access-tokens.js';
import type { SessionId, UserId } from '../../src/domain/kernel/ids.js';
import { Connection } from '../../src/interfaces/ws/connection.js';
import type { Socket } from '../../src/interfaces/ws/socket.js';

export type CapturedFrame = Readonly<Record<string, unknown>> & { readonly type: string };

/** Text frames, one after another, as a client takes them apart. */
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

/** A connection of somebody, or of nobody yet, whose line only keeps what is written to it. */
export const captureConnection = (userId?: UserId, sessionId?: SessionId) => {
  const written: Buffer[] = [];
  const line = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => {
      written.push(chunk);
      done();
    },
  });
  const socket = { pause: () => undefined, resume: () => undefined, close: () => undefined } as unknown as Socket;
  const connection = new Connection(socket, line, '192.0.2.1');
  if (userId) connection.authenticate({ userId, sessionId } as AccessClaims);
  return {
    connection,
    /** All frames so far. */
    frames: (): CapturedFrame[] => {
      connection.flush();
      return framesIn(Buffer.concat(written));
    },
  };
};

export type CapturedConnection = ReturnType<typeof captureConnection>;
