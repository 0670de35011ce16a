import { request } from 'node:http';
import type { Socket } from 'node:net';

const TEXT = 0x81;
const PING = 0x89;
/** A pong without content, masked with zeros. */
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** Called with a text frame, whose content lies in these bytes of the buffer. */
export type OnText = (buffer: Buffer, from: number, to: number) => void;

/** Answers where the content of a frame begins and ends; undefined where its header is not whole. */
const contentAt = (buffer: Buffer, at: number): { readonly from: number; readonly to: number } | undefined => {
  const length = buffer[at + 1];
  if (length === undefined) return undefined;
  if (length < 126) return { from: at + 2, to: at + 2 + length };
  const from = at + (length === 126 ? 4 : 10);
  if (buffer.length < from) return undefined;
  return { from, to: from + (length === 126 ? buffer.readUInt16BE(at + 2) : Number(buffer.readBigUInt64BE(at + 2))) };
};

/** Takes the frames that are whole, and answers the rest. */
const takeFrames = (buffer: Buffer, socket: Socket, onText: OnText): Buffer => {
  let at = 0;
  for (let place = contentAt(buffer, at); place && place.to <= buffer.length; place = contentAt(buffer, at)) {
    if (buffer[at] === TEXT) onText(buffer, place.from, place.to);
    else if (buffer[at] === PING) socket.write(PONG);
    at = place.to;
  }
  return buffer.subarray(at);
};

/** Writes a text frame as clients do, masked with zeros. */
export const writeText = (socket: Socket, text: string): void => {
  const content = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = TEXT;
  header[1] = 0xfe;
  header.writeUInt16BE(content.length, 2);
  socket.write(Buffer.concat([header, content]));
};

/** Opens a WebSocket that costs the client as little as can be: it looks at the headers of frames alone. */
export const openBare = (url: string, onText: OnText): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const upgrade = request(url.replace('ws:', 'http:'), {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    });
    upgrade.once('error', reject);
    upgrade.once('response', ({ statusCode }) => reject(new Error(`the upgrade was answered with ${statusCode}`)));
    upgrade.once('upgrade', (_response, socket: Socket, head: Buffer) => {
      socket.setNoDelay(true);
      let rest = takeFrames(head, socket, onText);
      socket.on('data', (chunk) => {
        rest = takeFrames(rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk, socket, onText);
      });
      resolve(socket);
    });
    upgrade.end();
  });
