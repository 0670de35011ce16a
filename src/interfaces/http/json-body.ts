import type { IncomingMessage } from 'node:http';
import { DoorRefusal } from '../failure.js';

/** The most bytes of a JSON body. */
const MAX_BODY_BYTES = 64 * 1024;
const READ_TIMEOUT_MS = 15_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

const isJson = (contentType: string): boolean =>
  /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(contentType);

/** A client that has too much to say is heard out for a while, so that it gets to read the answer. */
const QUIET_MS = 500;
const MAX_DROPPED_BYTES = 32 * 1024 * 1024;

const tooLarge = () => new DoorRefusal('payload_too_large', { Connection: 'close' });

/** Reads all, keeps at most so many bytes: what comes beyond is dropped, whatever the headers said. */
const readBytes = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    const settle = (outcome: () => void) => {
      clearTimeout(timer);
      request.off('data', take);
      request.resume();
      outcome();
    };
    const refuse = (refusal: DoorRefusal) => settle(() => reject(refusal));
    let timer = setTimeout(() => refuse(new DoorRefusal('request_timeout', { Connection: 'close' })), READ_TIMEOUT_MS);
    const dropAndWait = () => {
      chunks = [];
      clearTimeout(timer);
      timer = setTimeout(() => refuse(tooLarge()), QUIET_MS);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else if (size > MAX_DROPPED_BYTES) refuse(tooLarge());
      else dropAndWait();
    };
    request.on('data', take);
    request.once('error', () => refuse(new DoorRefusal('invalid_request'))); // cut off: nobody is there to be told
    request.once('end', () => {
      if (size > MAX_BODY_BYTES) refuse(tooLarge());
      else settle(() => resolve(Buffer.concat(chunks)));
    });
  });

/** The parsed body; undefined when there is none. Refuses other types, what is too large, and what is no JSON in UTF-8. */
export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  if (!isJson(request.headers['content-type'] ?? '')) throw new DoorRefusal('unsupported_media_type');
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    throw new DoorRefusal('invalid_request'); // what exactly the parser met is of no use to the caller
  }
};
