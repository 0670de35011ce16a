import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UseCases } from '../../application/kernel/use-cases.js';
import type { AccessClaims } from '../../application/ports/access-tokens.js';
import type { SessionGate } from '../../application/ports/session-gate.js';
import type { Position } from '../../domain/kernel/ids.js';
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
import type { SocketPresence } from './presence.js';
import { clientFrames, idOf, isFrameType, parseFrame, type FrameType, type RawFrame } from './protocol.js';
import type { missedFrames } from './resume.js';
import type { Socket } from './socket.js';

/** How long clients have to answer a goodbye. */
const GOODBYE_MS = 2_000;
const POLL_MS = 10;

export interface GatewayParts {
  readonly useCases: Pick<UseCases, 'authenticate'>;
  readonly gate: SessionGate;
  readonly hub: Hub;
  readonly feed: LiveFeed;
  readonly handlers: ReturnType<typeof frameHandlers>;
  readonly presence: SocketPresence;
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
  accept(socket: Socket, request: IncomingMessage): void {
    const { hub, presence, metrics, trustedProxies, authTimeoutMs, rateScale } = this.#parts;
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
      presence.closed(connection);
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
    // What comes while we say goodbye is not begun: it is not acknowledged either.
    if (connection.isClosed || this.#draining) return;
    const frame = isBinary ? undefined : parseFrame(data);
    if (typeof frame?.['type'] !== 'string') connection.close('malformed');
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
    const frame = clientFrames.auth.safeParse(raw);
    const claims = frame.success && this.#verify(frame.data.token);
    if (!frame.success) connection.close('malformed');
    else if (!claims) connection.close('unauthenticated');
    else await this.#admit(connection, claims, frame.data.resumeAfter);
  }

  async #admit(connection: Connection, claims: AccessClaims, resumeAfter: Position | undefined): Promise<void> {
    const { feed, hub, presence, missed, heartbeatSeconds } = this.#parts;
    const { userId, sessionId } = claims;
    connection.authenticate(claims);
    presence.opened(connection, userId);
    connection.hold(LOG_START);
    const position = await feed.join(connection, userId);
    this.#closeIfEnded(connection); // it may have ended while it joined
    if (connection.isClosed) {
      hub.forget(connection);
      return;
    }
    const resumed = resumeAfter !== undefined;
    connection.send({ type: 'ready', userId, sessionId, position, heartbeatSeconds, resumed });
    if (resumed)
      for (const { content } of await missed(userId, resumeAfter, position)) {
        connection.send(content);
        await connection.whenDrained();
      }
    connection.release(position);
  }

  #verify(token: string): AccessClaims | undefined {
    try {
      return this.#parts.useCases.authenticate(token);
    } catch (error) {
      if (failureOf(error).isOurs) throw error;
      return undefined; // the socket is closed, whatever was wrong with the token
    }
  }

  #command(connection: Connection, frame: RawFrame, claims: AccessClaims): void {
    const { type } = frame;
    if (!this.#isOpen(claims)) connection.close('unauthenticated');
    else if (!isFrameType(type) || type === 'auth') this.#refuse(connection, frame, 'invalid_request');
    else this.#carryOut(connection, frame, type, claims);
  }

  #carryOut(connection: Connection, frame: RawFrame, type: Exclude<FrameType, 'auth'>, claims: AccessClaims): void {
    if (type !== 'ping') this.#parts.presence.active(connection); // a client pings by itself
    connection.begin();
    this.#parts.handlers[type](frame, connection, claims)
      .then((answer) => answer && connection.send(answer))
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
    if (!claims || connection.isClosed || this.#isOpen(claims)) return;
    connection.send({ type: 'session.ended', sessionId: claims.sessionId });
    connection.close('unauthenticated');
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
    const deadline = Date.now() + GOODBYE_MS;
    while (this.#parts.hub.all.size > 0 && Date.now() < deadline) await sleep(POLL_MS);
    for (const { socket } of this.#parts.hub.all) socket.terminate();
  }
}
