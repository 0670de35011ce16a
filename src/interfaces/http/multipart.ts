import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream, type BusboyHeaders } from '@fastify/busboy';
import { z } from 'zod';
import type { UploadedFile } from '../../application/media/upload-media.js';
import { InterfaceRefusal } from '../failure.js';
import { dropRest } from './drop-rest.js';
import { piecesOf } from './pieces-of.js';

/** The name of the only part that a form has. */
const FIELD = 'file';
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 20;
/** So much of a file is read ahead of what is done with it: the connection is then not stopped and started for each piece. */
const AHEAD_BYTES = 512 * 1024;

/** Says of the form what is wrong with it. */
const invalid = (message: string): Error => new z.ZodError([{ code: 'custom', path: [FIELD], message, input: null }]);

type Parser = InstanceType<typeof Busboy>;

/** Reads a part. The parser raises errors of its own where the form ends inside of it. */
async function* readPart(stream: BusboyFileStream): AsyncGenerator<Uint8Array> {
  try {
    yield* piecesOf(stream, AHEAD_BYTES);
  } catch (error) {
    throw error instanceof z.ZodError ? error : invalid('is not whole');
  }
}

const parserOf = ({ headers }: IncomingMessage, maxBytes: number): Parser => {
  if (!/^multipart\/form-data\s*;/i.test(headers['content-type'] ?? ''))
    throw new InterfaceRefusal('unsupported_media_type');
  try {
    return new Busboy({
      headers: headers as BusboyHeaders,
      isPartAFile: () => true,
      preservePath: true,
      highWaterMark: AHEAD_BYTES,
      fileHwm: AHEAD_BYTES,
      // One byte more than it may have shows that it has more. A second part is told of, and not read.
      limits: { fileSize: maxBytes + 1, parts: 1, headerPairs: MAX_HEADERS, headerSize: MAX_HEADER_BYTES },
    });
  } catch {
    throw new InterfaceRefusal('unsupported_media_type'); // There is no boundary in the type.
  }
};

/** The file of a form, while it comes in. */
class IncomingForm {
  readonly #ended: Promise<void>;
  #end: () => void = () => undefined;
  #refuse: (reason: Error) => void = () => undefined;
  #stream: BusboyFileStream | undefined;

  constructor() {
    this.#ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#refuse = reject;
    });
    this.#ended.catch(() => undefined); // Whoever reads the file is told.
  }

  /** Answers the file as soon as it begins. */
  begin(request: IncomingMessage, parser: Parser, maxBytes: number): Promise<UploadedFile> {
    return new Promise((resolve, reject) => {
      const fail = (reason: Error): void => {
        reject(reason);
        this.#refuse(reason);
        this.#stream?.destroy(reason);
      };
      parser.on('file', (field: string | undefined, stream: BusboyFileStream, name: string | undefined) => {
        this.#stream = stream;
        stream.on('error', () => undefined); // Whoever reads the file is told.
        if (field !== FIELD) fail(invalid(`is missing: the only part is called ${FIELD}`));
        resolve({ name, content: this.#contentOf(stream, maxBytes) });
      });
      parser.on('partsLimit', () => fail(invalid('is not the only part')));
      parser.on('error', () => fail(invalid('is not whole, or no form')));
      parser.on('finish', () => {
        if (!this.#stream) fail(invalid(`is missing: the only part is called ${FIELD}`));
        this.#end();
      });
      request.once('close', () => {
        if (!request.complete) fail(invalid('is not whole'));
      });
      request.pipe(parser);
    });
  }

  /** The content ends well only where the form does: what follows the file may still refuse it. */
  async *#contentOf(stream: BusboyFileStream, maxBytes: number): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of readPart(stream)) {
      size += chunk.length;
      if (size > maxBytes) throw new InterfaceRefusal('payload_too_large');
      yield chunk;
    }
    await this.#ended;
  }
}

/**
 * Reads the one file of a form, and gives it to some work while it comes in. Where that fails, the rest of the form is
 * dropped, so that the client gets to read why.
 */
export const withUpload = async <Result>(
  request: IncomingMessage,
  maxBytes: number,
  work: (file: UploadedFile) => Promise<Result>,
): Promise<Result> => {
  const parser = parserOf(request, maxBytes);
  try {
    return await work(await new IncomingForm().begin(request, parser, maxBytes));
  } catch (error) {
    request.unpipe(parser);
    await dropRest(request);
    throw error;
  }
};
