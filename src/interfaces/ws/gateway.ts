import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { UseCases } from '../../application/kernel/use-cases.js';
import type { AccessClaims } from '../../application/ports/access-tokens.js';
import type { SessionGate } from '../../application/ports/session-gate.js';
import { LOG_START } from '../../domain/kernel/position.js';
import { failureOf } from '../failure.js';
import { detailOf } from '../http/problem.js';
import type { DoorLog } from '../http/middleware/errors.js';
import { bearerOf } from '../http/mount.js';
import { addressOf } from '../http/middleware/request.js';
import type { frameHandlers } from './commands.js';
import { Connection } from './connection.js';
import { FrameRate } from './frame-rate.js';
import type { Hub } from './hub.js';
import type { LiveFeed } from './live-feed.js';
import { clientFrames, idOf, isFrameType, parseFrame, type RawFrame } from './protocol.js';
import type { missedFrames } from './resume.js';

export interface GatewayParts {
  readonly useCases: Pick<UseCases, 'authenticate'>;
  readonly gate: SessionGate;
  readonly hub: Hub;
  readonly feed: LiveFeed;
  readonly handlers: ReturnType<typeof frameHandlers>;
  readonly missed: ReturnType<typeof missedFrames>;
  readonly log: DoorLog;
  readonly metrics: { sockets(open: number): void; received(): void; sent(count: number): void };
  readonly heartbeatSeconds: number;
  readonly authTimeoutMs: number;
  readonly rateScale: number;
  readonly trustedProxies: number;
  readonly now: () => number;
}

/** The WebSocket: one `accept` a socket. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #stopListening: () => void;
  #draining = false;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#heartbeat = setInterval(() => this.#beat(), parts.heartbeatSeconds * 1_000);
    this.#stopListening = parts.gate.onEnd((userId, sessionId) => {
      for (const connection of parts.hub.concerned(userId, sessionId)) this.#closeIfEnded(connection);
    });
  }

  /** Takes a socket over. Never throws: what the socket brings ends with the socket. */
  accept(socket: WebSocket, request: IncomingMessage): void {
    const { hub, metrics, trustedProxies, authTimeoutMs, rateScale } = this.#parts;
    const connection = new Connection(socket, request.socket, addressOf(request, trustedProxies));
    const rate = new FrameRate(rateScale);
    connection.onFrames = (count) => metrics.sent(count);
    hub.open(connection);
    metrics.sockets(hub.all.size);
    const timer = setTimeout(() => {
      if (!connection.claims) connection.close('authTimeout');
    }, authTimeoutMs);
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      metrics.received();
      if (rate.take()) this.#take(connection, data, isBinary);
      else connection.close('tooManyFrames');
    });
    socket.on('pong', () => (connection.isAlive = true));
    socket.on('error', () => connection.gone()); // the other side broke the protocol or the line: `close` follows
    socket.on('close', () => {
      clearTimeout(timer);
      connection.gone();
      hub.forget(connection);
      metrics.sockets(hub.all.size);
    });
    if (this.#draining) connection.close('shuttingDown');
    else this.#authenticateByHeader(connection, request);
  }

  #authenticateByHeader(connection: Connection, request: IncomingMessage): void {
    const header = request.headers.authorization;
    if (header === undefined) return;
    this.#guard(connection, this.#authenticate(connection, { type: 'auth', token: bearerOf(header) ?? '?' }));
  }

  #take(connection: Connection, data: Buffer, isBinary: boolean): void {
    if (connection.isClosed) return;
    const frame = isBinary ? undefined : parseFrame(data);
    if (frame === undefined) connection.close('malformed');
    else if (connection.claims) this.#command(connection, frame, connection.claims);
    else if (frame['type'] === 'auth') this.#guard(connection, this.#authenticate(connection, frame));
    else connection.close('unauthenticated');
  }

  /** The outermost guard: what was not foreseen is logged, and costs this socket alone. */
  #guard(connection: Connection, work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#parts.log.error({ err: error }, 'socket failed');
      connection.close('internalError');
    });
  }

  async #authenticate(connection: Connection, raw: RawFrame): Promise<void> {
    const { useCases, feed, heartbeatSeconds } = this.#parts;
    const frame = clientFrames.auth.safeParse(raw);
    if (!frame.success) return connection.close('malformed');
    const claims = this.#verify(() => useCases.authenticate(frame.data.token));
    if (!claims) return connection.close('unauthenticated');
    connection.authenticate(claims);
    connection.hold(LOG_START);
    const position = await feed.join(connection, claims.userId);
    if (connection.isClosed) return this.#parts.hub.forget(connection);
    this.#closeIfEnded(connection); // it may have ended while it joined
    const { userId, sessionId } = claims;
    const { resumeAfter } = frame.data;
    const resumed = resumeAfter !== undefined;
    connection.send({ type: 'ready', userId, sessionId, position, heartbeatSeconds, resumed });
    if (resumed)
      for (const missed of await this.#parts.missed(userId, resumeAfter, position)) connection.send(missed.content);
    connection.release(position);
  }

  #verify(work: () => AccessClaims): AccessClaims | undefined {
    try {
      return work();
    } catch (error) {
      if (failureOf(error).isOurs) throw error;
      return undefined;
    }
  }

  #command(connection: Connection, frame: RawFrame, claims: AccessClaims): void {
    if (!this.#isOpen(claims)) return connection.close('unauthenticated');
    const { type } = frame;
    if (!isFrameType(type) || type === 'auth') return this.#refuse(connection, frame, 'invalid_request');
    connection.begin();
    this.#parts.handlers[type](frame, connection, claims)
      .then((answer) => connection.send(answer))
      .catch((error: unknown) => this.#fail(connection, frame, error))
      .finally(() => connection.end());
  }

  #fail(connection: Connection, frame: RawFrame, error: unknown): void {
    const { code, errors, isOurs } = failureOf(error);
    if (isOurs) this.#parts.log.error({ err: error, code }, 'frame failed');
    this.#refuse(connection, frame, code, errors);
  }

  #refuse(
    connection: Connection,
    frame: RawFrame,
    code: Parameters<typeof detailOf>[0],
    errors?: readonly object[],
  ): void {
    connection.send({ type: 'error', ...idOf(frame), code, detail: detailOf(code), ...(errors && { errors }) });
  }

  #isOpen(claims: AccessClaims): boolean {
    return claims.expiresAt * 1_000 > this.#parts.now() && this.#parts.gate.isOpen(claims);
  }

  #closeIfEnded(connection: Connection): void {
    const { claims } = connection;
    if (claims && !this.#isOpen(claims)) connection.close('unauthenticated');
  }

  #beat(): void {
    for (const connection of this.#parts.hub.all) {
      this.#closeIfEnded(connection);
      if (!connection.isAlive) connection.socket.terminate();
      connection.isAlive = false;
      if (connection.socket.readyState === connection.socket.OPEN) connection.socket.ping();
    }
  }

  /** Answers what is under way, then says goodbye to everybody. */
  async stop(): Promise<void> {
    this.#draining = true;
    clearInterval(this.#heartbeat);
    this.#stopListening();
    const connections = [...this.#parts.hub.all];
    await Promise.all(connections.map((connection) => connection.whenIdle()));
    for (const connection of connections) connection.close('shuttingDown');
  }
}
