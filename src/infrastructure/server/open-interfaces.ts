import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import websockify from 'koa-websocket';
import type { Operations } from '../../application/ports/operations.js';
import { createHttpApp } from '../../interfaces/http/app.js';
import { OpenConnections } from '../../interfaces/http/open-connections.js';
import { asyncApiDocument } from '../../interfaces/ws/asyncapi.js';
import type { Gateway } from '../../interfaces/ws/gateway.js';
import { createRequestLimit } from '../limits/request-limit.js';
import type { KeptMail } from '../mail/transports.js';
import { closeInterfaces } from './close-interfaces.js';
import { openGateway } from './open-gateway.js';
import { ANSWER_WITHIN_MS } from './answer-within.js';
import { refuseNonsense } from './refuse-nonsense.js';
import type { ServerParts } from './server-parts.js';
import { refuseCrowds } from './socket-limits.js';

const MAX_FRAME_BYTES = 64 * 1024;

/** What is shown over HTTP alone. */
interface Shown {
  readonly operations: Operations;
  readonly publicUrl: string;
  readonly version: string;
  readonly mailbox: ((limit: number) => Promise<KeptMail[]>) | undefined;
}

/** A closed socket may be silent as long as any other. The types of `ws` do not know this option yet. */
const closeTimeout = (heartbeatSeconds: number): object => ({ closeTimeout: heartbeatSeconds * 1_000 });

const createHttp = (
  { application, config, events, log, tracing, metrics }: ServerParts,
  gateway: Gateway,
  shown: Shown,
) => {
  const { useCases, readYourWrites, sessionWrites: writes, identifiers, hashes, clock, links } = application;
  return createHttpApp({
    useCases,
    readYourWrites,
    writes,
    pushedTo: (session) => gateway.pushedTo(session),
    logEnd: () => events.head(),
    identifiers,
    links,
    hashes,
    clock,
    log,
    tracing,
    onRequest: ({ method, route, status, seconds }) =>
      metrics.requestSeconds.observe({ method, route, status: String(status) }, seconds),
    takeRequest: createRequestLimit({
      make: application.makeLimiter,
      scale: config.RATE_LIMIT_SCALE,
      onUntold: (error) => log.warn({ err: error }, 'requests were counted on this server alone'),
    }),
    answerWithinMs: ANSWER_WITHIN_MS,
    maxUploadBytes: config.MEDIA_MAX_BYTES,
    trustedProxies: config.TRUST_PROXY,
    corsOrigins: config.CORS_ORIGIN ?? [],
    asyncApi: () => asyncApiDocument({ version: shown.version, url: shown.publicUrl }),
    ...shown,
  });
};

/**
 * How long a connection without a request stays open. Load balancers keep theirs for a minute and send the next request on them:
 * it would be lost, and answered 502, where the server ends the connection at that very moment (Node does so after 5 s).
 */
const KEPT_IDLE_MS = 75_000;

/** Opens HTTP and WebSocket on one port; answers which. */
export const openInterfaces = async (parts: ServerParts, shown: Shown): Promise<{ readonly port: number }> => {
  const { config, releases, stopping } = parts;
  const gateway = await openGateway(parts);
  const app = websockify(createHttp(parts, gateway, shown), {
    path: '/ws/',
    maxPayload: MAX_FRAME_BYTES,
    ...closeTimeout(config.HEARTBEAT_INTERVAL),
    perMessageDeflate: false, // Frames are sent as they were made.
    verifyClient: refuseCrowds(gateway),
    skipUTF8Validation: true, // The gateway checks it, and closes with its own code.
  });
  app.ws.use((ctx) => gateway.accept(ctx.websocket, ctx.req));
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = app.listen(config.PORT, config.HOST, () => resolve(listening));
    listening.once('error', reject);
  });
  server.keepAliveTimeout = KEPT_IDLE_MS;
  server.on('clientError', refuseNonsense);
  const connections = new OpenConnections(server);
  releases.own('interfaces', connections, (it, withinMs) => {
    stopping.abort();
    return closeInterfaces(it, gateway, withinMs);
  });
  return { port: (server.address() as AddressInfo).port };
};
