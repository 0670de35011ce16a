import type { IncomingMessage } from 'node:http';
import { DoorRefusal } from '../failure.js';

/** The most bytes of a JSON body. */
const MAX_BODY_BYTES = 64 * 1024;
const READ_TIMEOUT_MS = 15_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

const isJson = (contentType: string): boolean =>
  /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(contentType);

/** Reads at most so many bytes: what comes beyond is not kept, whatever the headers said. */
const readBytes = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (refusal: DoorRefusal) => {
      clearTimeout(timer);
      request.off('data', take);
      request.resume(); // the rest is read and dropped, so that the answer can be
      reject(refusal);
    };
    const timer = setTimeout(() => stop(new DoorRefusal('request_timeout', { Connection: 'close' })), READ_TIMEOUT_MS);
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) stop(new DoorRefusal('payload_too_large', { Connection: 'close' }));
      else chunks.push(chunk);
    };
    request.on('data', take);
    request.once('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks, Math.min(size, MAX_BODY_BYTES)));
    });
    request.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });

/** The parsed body; undefined when there is none. Refuses other types, what is too large, and what is no JSON in UTF-8. */
export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
    request.resume();
    throw new DoorRefusal('payload_too_large', { Connection: 'close' });
  }
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  if (!isJson(request.headers['content-type'] ?? '')) throw new DoorRefusal('unsupported_media_type');
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    throw new DoorRefusal('invalid_request'); // what exactly the parser met is of no use to the caller
  }
};
