import { once } from 'node:events';
import { open as openInspector, url as inspectorUrl } from 'node:inspector';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { textFrame } from '../../src/interfaces/ws/text-frame.js';
import { answerOnce } from './answer-once.js';

/**
 * This server is the bare limit of the sockets: it answers `auth` with `ready` and with as many frames as are missed, and
 * writes one frame, made once, to all sockets for each message that one of them sends.
 */
interface BareServerOptions {
  /** The frames that a socket with `resumeAfter` gets. */
  readonly missed: number;
  /** The least bytes of the frame of a message. */
  readonly frameBytes: number;
  /** Says whether its memory is to be looked at. */
  readonly isInspected?: boolean;
}

/** Where it is, and where its inspector is, if it has one. */
export interface BareServer {
  readonly url: string;
  readonly inspector: string;
}

let position = 0;

const sentFrame = (text: string, frameBytes: number): Buffer => {
  position += 1;
  const padding = ''.padEnd(frameBytes - text.length, 'x');
  return textFrame({ type: 'message.sent', position: String(position), message: { text, padding } });
};

answerOnce(async ({ missed, frameBytes, isInspected = false }: BareServerOptions): Promise<BareServer> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  const streams = new Set<Duplex>();
  const ready = textFrame({ type: 'ready' });
  const missedFrames = Array.from({ length: missed }, (_, n) => sentFrame(`${n} `, frameBytes));
  server.on('connection', (socket, { socket: stream }) => {
    socket.on('close', () => streams.delete(stream));
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { type: string; text: string; resumeAfter?: string };
      if (frame.type === 'auth') {
        streams.add(stream);
        stream.write(ready);
        if (frame.resumeAfter !== undefined) for (const each of missedFrames) stream.write(each);
        return;
      }
      const sent = sentFrame(frame.text, frameBytes);
      for (const each of streams) each.write(sent);
    });
  });
  await once(server, 'listening');
  if (isInspected) openInspector(0, '127.0.0.1');
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, inspector: inspectorUrl() ?? '' };
});
