import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import type { AnnouncedProgress } from '../../application/projections/announced-progress.js';
import { auditIndexProjection, PROJECTIONS, searchProjection } from '../../application/projections/registry.js';
import { RETRY_LATER_SECONDS } from '../../interfaces/failure.js';
import { requestIdOf } from '../../interfaces/http/middleware/request.js';
import { problemOf } from '../../interfaces/http/problem.js';
import type { Config } from '../config.js';
import { orAborted } from '../or-aborted.js';
import type { ReleaseStack } from '../release-stack.js';

interface WaitingParts {
  readonly config: Pick<Config, 'HOST' | 'PORT'>;
  readonly progress: AnnouncedProgress;
  readonly releases: ReleaseStack;
}

/** A search waits for its own read model, and auditors read the log where their index is not there yet. */
const LATER: readonly string[] = [searchProjection.name, auditIndexProjection.name];
/** All else that a server does needs these. */
const NEEDED = PROJECTIONS.map(({ name }) => name).filter((name) => !LATER.includes(name));

const shares = (progress: AnnouncedProgress): Readonly<Record<string, number>> =>
  Object.fromEntries(
    NEEDED.flatMap((name) => {
      const share = progress.rebuildOf(name);
      return share === undefined ? [] : [[name, Math.floor(share * 1_000) / 1_000]];
    }),
  );

/** Answers everybody that the read models are made anew, and how much of the log that has gone through. */
const answering = (progress: AnnouncedProgress): Server =>
  createServer(({ url, headers }, response) => {
    const requestId = requestIdOf(String(headers['x-request-id'] ?? ''), randomUUID);
    response.setHeader('x-request-id', requestId);
    if (url === '/healthz') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ status: 'ok' }));
      return;
    }
    const problem = { ...problemOf('rebuilding', requestId), progress: shares(progress) };
    const told = { 'content-type': 'application/problem+json', 'retry-after': String(RETRY_LATER_SECONDS) };
    response.writeHead(problem.status, { ...told, connection: 'close' }).end(JSON.stringify(problem));
  });

const closed = async (server: Server): Promise<void> => {
  if (!server.listening) return;
  const ended = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await ended;
};

/**
 * Resolves once the read models can be read: this program's own, or older ones that it can read. Where it cannot read what is there,
 * everybody is told so until they are made anew. The signal ends the start.
 */
export const untilReadable = async (
  { config, progress, releases }: WaitingParts,
  signal: AbortSignal,
): Promise<void> => {
  const hasSearch = progress.rebuildOf(searchProjection.name) === undefined;
  const awaited = hasSearch ? [...NEEDED, searchProjection.name] : NEEDED;
  const readable = Promise.all(awaited.map((name) => progress.untilRunning(name)));
  if (Object.keys(shares(progress)).length === 0) {
    await orAborted(readable, signal);
    return;
  }
  const server = answering(progress).listen(config.PORT, config.HOST);
  releases.own('answers during the rebuild', server, closed);
  await once(server, 'listening');
  await orAborted(readable, signal);
  await closed(server);
};
