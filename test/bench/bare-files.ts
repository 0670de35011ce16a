import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { answerOnce } from './answer-once.js';

/** This server is the bare limit of files: it streams what comes in to the disk, and from there. */
export interface BareFiles {
  readonly url: string;
}

answerOnce(async ({ file }: { readonly file: string }): Promise<BareFiles> => {
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'GET') await pipeline(createReadStream(file), response);
    else {
      await pipeline(request, createWriteStream(file));
      response.writeHead(201).end('{}');
    }
  };
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
