import type { IncomingMessage } from 'node:http';
import { InterfaceRefusal } from '../failure.js';

/** The most bytes of a JSON body. */
const MAX_BODY_BYTES = 64 * 1024;
const READ_TIMEOUT_MS = 15_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

const isJson = (contentType: string): boolean =>
  /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(contentType);

/** The time for which the rest of a body that is too large is read, so that the client gets to read the answer. */
const QUIET_MS = 500;
const MAX_DROPPED_BYTES = 32 * 1024 * 1024;

const tooLarge = () => new InterfaceRefusal('payload_too_large', { Connection: 'close' });

/** Reads a whole body, and keeps at most so many bytes, whatever the headers say. */
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
    const refuse = (refusal: InterfaceRefusal) => settle(() => reject(refusal));
    let timer = setTimeout(
      () => refuse(new InterfaceRefusal('request_timeout', { Connection: 'close' })),
      READ_TIMEOUT_MS,
    );
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
    request.once('error', () => refuse(new InterfaceRefusal('invalid_request'))); // The connection was cut off: nobody reads the answer.
    request.once('end', () => {
      if (size > MAX_BODY_BYTES) refuse(tooLarge());
      else settle(() => resolve(Buffer.concat(chunks)));
    });
  });

/** Answers the parsed body; undefined when there is none. Refuses other types, a body that is too large, and bad JSON. */
export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  if (!isJson(request.headers['content-type'] ?? '')) throw new InterfaceRefusal('unsupported_media_type');
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    throw new InterfaceRefusal('invalid_request'); // The caller has no use for the parser's own message.
  }
};
