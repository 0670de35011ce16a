import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Container } from 'inversify';
import websockify from 'koa-websocket';
import type { Logger } from 'pino';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../../application/kernel/network-of.js';
import type { Consumers } from '../../application/consumers/consumers.js';
import { createHttpApp } from '../../interfaces/http/app.js';
import { OpenConnections } from '../../interfaces/http/open-connections.js';
import type { Operations } from '../../interfaces/http/ops.js';
import { asyncApiDocument } from '../../interfaces/ws/asyncapi.js';
import { frameHandlers } from '../../interfaces/ws/commands.js';
import { deliver } from '../../interfaces/ws/delivery.js';
import { FrameRate } from '../../interfaces/ws/frame-rate.js';
import { Gateway, type GatewayParts } from '../../interfaces/ws/gateway.js';
import { Hub } from '../../interfaces/ws/hub.js';
import { LiveFeed } from '../../interfaces/ws/live-feed.js';
import { OpenSockets } from '../../interfaces/ws/open-sockets.js';
import { RESUME_LIMITS, ResumeGate } from '../../interfaces/ws/resume-gate.js';
import { MAX_RESUMED_FRAMES, MAX_RESUMED_TEXT_BYTES, missedFrames } from '../../interfaces/ws/resume.js';
import type { Config } from '../config.js';
import type { KeptMail } from '../mail/transports.js';
import type { Metrics } from '../observability/metrics.js';
import type { ReleaseStack } from '../release-stack.js';
import { closeDoors } from './close-doors.js';
import { runPresence } from './run-presence.js';
import { refuseCrowds, socketLimits } from './socket-limits.js';
import { TOKENS } from './tokens.js';

const MAX_FRAME_BYTES = 64 * 1024;
const AUTH_TIMEOUT_MS = 5_000;
const NONSENSE_TIMEOUT_MS = 2_000;
const REQUESTS_PER_MINUTE = 1_200;

export interface DoorsParts {
  readonly container: Container;
  readonly consumers: Consumers;
  readonly config: Config;
  readonly log: Logger;
  readonly releases: ReleaseStack;
  readonly operations: Operations;
  readonly publicUrl: string;
  readonly version: string;
  readonly mailbox: ((limit: number) => Promise<KeptMail[]>) | undefined;
}

/** Counts what an address asks for within a minute. */
const requestLimit = (scale: number) => {
  const limiter = new RateLimiterMemory({ points: REQUESTS_PER_MINUTE * scale, duration: 60 });
  return async (address: string, points: number): Promise<number> => {
    try {
      await limiter.consume(networkOf(address), points);
      return 0;
    } catch (error) {
      if (error instanceof RateLimiterRes) return Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
      throw error;
    }
  };
};

const socketMetrics = ({ sockets, framesIn, framesOut }: Metrics): GatewayParts['metrics'] => ({
  sockets: (open) => sockets.set(open),
  received: () => framesIn.inc(),
  sent: (count) => framesOut.inc(count),
});

/** Tells the sockets of this node what happens, until it is released. */
const openLiveFeed = async ({
  container,
  consumers,
  log,
  releases,
}: DoorsParts): Promise<{ hub: Hub; feed: LiveFeed }> => {
  const conversations = await container.getAsync(TOKENS.ConversationViews);
  const directory = await container.getAsync(TOKENS.UserDirectory);
  const hub = new Hub();
  const ending = new AbortController();
  const feed = new LiveFeed({
    store: await container.getAsync(TOKENS.EventStore),
    progress: await container.getAsync(TOKENS.Progress),
    conversations,
    directory,
    hub,
    deliver: deliver({ hub, conversations, directory, sequences: await container.getAsync(TOKENS.Sequences) }),
    signal: ending.signal,
    onFailed: (error) => log.warn({ err: error }, 'live frames could not be made, trying again'),
    onStalled: (projection, position) => log.warn({ projection, position }, 'live frames wait for a projection'),
  });
  const { ordered, unordered } = await feed.start();
  void consumers.run('live feed', ending.signal, ordered);
  void consumers.run('live users', ending.signal, unordered);
  releases.own('live feed', ending, (it) => it.abort());
  return { hub, feed };
};

const openGateway = async (parts: DoorsParts): Promise<Gateway> => {
  const { container, consumers, config, log, releases } = parts;
  const conversations = await container.getAsync(TOKENS.ConversationViews);
  const directory = await container.getAsync(TOKENS.UserDirectory);
  const messages = await container.getAsync(TOKENS.MessageViews);
  const useCases = await container.getAsync(TOKENS.UseCases);
  const { hub, feed } = await openLiveFeed(parts);
  const presence = await runPresence({ container, consumers, log, releases });
  const handlers = frameHandlers({
    useCases,
    identifiers: await container.getAsync(TOKENS.Identifiers),
    clock: await container.getAsync(TOKENS.Clock),
    handedOn: () => feed.position,
    presence,
  });
  return new Gateway({
    useCases,
    gate: await container.getAsync(TOKENS.SessionGate),
    hub,
    openSockets: new OpenSockets(socketLimits(config)),
    feed,
    handlers,
    presence,
    resumes: new ResumeGate(RESUME_LIMITS),
    missed: missedFrames({
      conversations,
      messages,
      directory,
      maxFrames: MAX_RESUMED_FRAMES,
      maxTextBytes: MAX_RESUMED_TEXT_BYTES,
    }),
    log,
    metrics: socketMetrics(await container.getAsync(TOKENS.Metrics)),
    heartbeatSeconds: config.HEARTBEAT_INTERVAL,
    authTimeoutMs: AUTH_TIMEOUT_MS,
    frameRate: () => new FrameRate(config.RATE_LIMIT_SCALE),
    trustedProxies: config.TRUST_PROXY,
    now: Date.now,
  });
};

/** What is no HTTP gets a plain refusal; what else it sends is dropped, so that it can be read. */
const refuseNonsense = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.resume();
  setTimeout(() => socket.destroy(), NONSENSE_TIMEOUT_MS).unref();
};

/** A closed socket may be silent as long as any other. The types of `ws` do not know of this option yet. */
const closeTimeout = (heartbeatSeconds: number): object => ({ closeTimeout: heartbeatSeconds * 1_000 });

/** Opens HTTP and WebSocket on one port; answers which. */
export const openDoors = async (parts: DoorsParts): Promise<{ readonly port: number }> => {
  const { container, config, log, releases, operations, publicUrl, version, mailbox } = parts;
  const metrics = await container.getAsync(TOKENS.Metrics);
  const gateway = await openGateway(parts);
  const http = createHttpApp({
    useCases: await container.getAsync(TOKENS.UseCases),
    readYourWrites: await container.getAsync(TOKENS.ReadYourWrites),
    writes: await container.getAsync(TOKENS.SessionWrites),
    identifiers: await container.getAsync(TOKENS.Identifiers),
    hashes: await container.getAsync(TOKENS.KeyedHashes),
    clock: await container.getAsync(TOKENS.Clock),
    log,
    operations,
    onRequest: ({ method, route, status, seconds }) =>
      metrics.requestSeconds.observe({ method, route, status: String(status) }, seconds),
    takeRequest: requestLimit(config.RATE_LIMIT_SCALE),
    trustedProxies: config.TRUST_PROXY,
    corsOrigin: config.CORS_ORIGIN,
    publicUrl,
    version,
    mailbox,
    asyncApi: asyncApiDocument({ version, url: publicUrl }),
  });
  const app = websockify(http, {
    path: '/ws/',
    maxPayload: MAX_FRAME_BYTES,
    ...closeTimeout(config.HEARTBEAT_INTERVAL),
    perMessageDeflate: false, // frames are written to the line as they were made
    verifyClient: refuseCrowds(gateway),
    skipUTF8Validation: true, // the gateway checks, and closes with its own code
  });
  app.ws.use((ctx) => gateway.accept(ctx.websocket, ctx.req));
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = app.listen(config.PORT, config.HOST, () => resolve(listening));
    listening.once('error', reject);
  });
  server.on('clientError', refuseNonsense);
  const connections = new OpenConnections(server);
  releases.own('doors', connections, (it, withinMs) => closeDoors(it, gateway, withinMs));
  return { port: (server.address() as AddressInfo).port };
};
