import type { IncomingMessage } from 'node:http';
import { linked } from '../../application/messages/linked.js';
import type { UseCases } from '../../application/use-cases.js';
import type { AccessClaims } from '../../application/ports/access-tokens.js';
import type { MediaLinks } from '../../application/ports/media-links.js';
import type { SessionDenylist } from '../../application/ports/session-denylist.js';
import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../domain/kernel/position.js';
import { failureOf } from '../failure.js';
import { addressOf, bearerOf } from '../caller.js';
import { clientFrames, isFrameType } from './commands.js';
import { sentIn, type Arrivals } from './arrivals.js';
import { Connection } from './connection.js';
import { errorFrame } from './error-frame.js';
import { TakenFrames, type TakenFramesParts } from './taken-frames.js';
import type { FrameRate } from './frame-rate.js';
import { sayGoodbye } from './goodbye.js';
import { beatMs, MOST_UNANSWERED_PINGS } from './heartbeat.js';
import type { Hub } from './hub.js';
import type { LiveFeed } from './live-feed.js';
import type { OpenSockets } from './open-sockets.js';
import type { SocketPresence } from './presence.js';
import { costOf, parseFrame, type RawFrame } from './protocol.js';
import type { MissedFrame } from './missed.js';
import type { ResumeQueue } from './resume-queue.js';
import type { missedFrames } from './resume.js';
import type { Socket } from './socket.js';
import type { SocketMetrics } from './socket-metrics.js';
import { textFrame } from './text-frame.js';
import { TokenLife } from './token-life.js';
import { WaitingFrame } from './waiting-frame.js';

/** The pause between two looks at which tokens expire. */
const TOKEN_CHECK_MS = 1_000;

export interface GatewayParts extends TakenFramesParts {
  readonly useCases: Pick<UseCases, 'authenticate'>;
  readonly denylist: Pick<SessionDenylist, 'allows' | 'onEnd'>;
  readonly hub: Hub;
  readonly openSockets: OpenSockets;
  readonly feed: Pick<LiveFeed, 'join' | 'requireMessages'>;
  readonly presence: Pick<SocketPresence, 'opened' | 'active' | 'closed'>;
  readonly arrivals: Pick<Arrivals, 'answered' | 'resent' | 'resumed'>;
  readonly resumes: ResumeQueue;
  readonly missed: ReturnType<typeof missedFrames>;
  readonly links: Pick<MediaLinks, 'signFor'>;
  readonly metrics: SocketMetrics;
  readonly heartbeatSeconds: number;
  readonly authTimeoutMs: number;
  /** Makes what limits the frames of a new socket. */
  readonly frameRate: () => FrameRate;
  readonly trustedProxies: number;
  readonly now: () => number;
}

/** The WebSocket: one `accept` a socket. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #tokens: TokenLife;
  readonly #frames: TakenFrames;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #tokenChecks: NodeJS.Timeout;
  readonly #stopListening: () => void;
  #draining = false;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#tokens = new TokenLife(parts);
    this.#frames = new TakenFrames(parts);
    this.#heartbeat = this.#forEach(beatMs(parts.heartbeatSeconds), (connection) => this.#beat(connection));
    this.#tokenChecks = this.#forEach(TOKEN_CHECK_MS, (connection) => this.#tokens.check(connection));
    this.#stopListening = parts.denylist.onEnd((userId, sessionId) => {
      for (const connection of parts.hub.concerned(userId, sessionId))
        this.#guard(connection, () => this.#tokens.check(connection));
    });
  }

  #forEach(milliseconds: number, work: (connection: Connection) => void): NodeJS.Timeout {
    return setInterval(() => {
      for (const connection of this.#parts.hub.all) this.#guard(connection, () => work(connection));
    }, milliseconds);
  }

  /** Answers the position of the last frame that was pushed to a session, `LOG_START` before the first. */
  pushedTo(session: Pick<AccessClaims, 'userId' | 'sessionId'>): Position {
    return this.#parts.hub.pushedTo(session);
  }

  /** Says whether the address of this upgrade may have another socket. */
  hasRoomFor(request: IncomingMessage): boolean {
    const { openSockets, trustedProxies } = this.#parts;
    return openSockets.hasRoomFor(addressOf(request, trustedProxies));
  }

  /** Takes a socket over. It never throws: an error of a socket ends that socket, and nothing else. */
  accept(socket: Socket, request: IncomingMessage): void {
    try {
      this.#accept(socket, request);
    } catch (error) {
      this.#parts.log.error({ err: error }, 'socket failed');
      socket.terminate();
    }
  }

  #accept(socket: Socket, request: IncomingMessage): void {
    const { hub, openSockets, presence, metrics, trustedProxies, authTimeoutMs, frameRate } = this.#parts;
    const connection = new Connection(socket, request.socket, addressOf(request, trustedProxies));
    const rate = frameRate();
    connection.onFrames = (count) => metrics.sent(count);
    connection.onClose = (reason) => metrics.closed(reason);
    hub.open(connection);
    openSockets.opened(connection)?.socket.terminate();
    metrics.sockets(hub.all.size);
    const timer = setTimeout(() => {
      if (!connection.claims) connection.close('authTimeout');
    }, authTimeoutMs);
    const on = <Parameters extends unknown[]>(event: string, handle: (...given: Parameters) => unknown): void =>
      void socket.on(event, (...given) => this.#guard(connection, () => handle(...(given as Parameters))));
    on('message', (data: Buffer, isBinary: boolean) => {
      metrics.received();
      return this.#take(connection, rate, data, isBinary);
    });
    on('pong', (data: Buffer) => {
      connection.unansweredPings = 0;
      this.#parts.arrivals.answered(connection, data.toString());
      rate.isKnown(Number(data.toString())); // the heartbeat has no data, and 0 is the number of no wait
    });
    on('error', () => connection.gone()); // the client broke the protocol or the connection: `close` follows
    on('close', () => {
      clearTimeout(timer);
      connection.gone();
      hub.forget(connection);
      openSockets.closed(connection);
      metrics.sockets(hub.all.size);
      presence.closed(connection);
    });
    if (this.#draining) connection.close('shuttingDown');
    else this.#guard(connection, () => this.#authenticateByHeader(connection, request));
  }

  async #authenticateByHeader(connection: Connection, request: IncomingMessage): Promise<void> {
    const header = request.headers.authorization;
    if (header !== undefined) await this.#authenticate(connection, { type: 'auth', token: bearerOf(header) ?? '?' });
  }

  async #take(connection: Connection, rate: FrameRate, data: Buffer, isBinary: boolean): Promise<void> {
    // A frame that comes during the goodbye is not begun, and not acknowledged either.
    if (connection.isClosed || connection.isLeaving) return;
    const frame = isBinary ? undefined : parseFrame(data);
    if (typeof frame?.['type'] !== 'string') connection.close('malformed');
    else if (this.#isInTime(connection, rate, frame)) await this.#dispatch(connection, frame);
  }

  async #dispatch(connection: Connection, frame: RawFrame): Promise<void> {
    const { claims } = connection;
    if (claims) await this.#command(connection, frame, claims);
    else if (frame['type'] === 'auth') await this.#authenticate(connection, frame);
    else connection.close('unauthenticated');
  }

  /** Refuses a frame that comes too soon, before anything of it is carried out. A client that goes on regardless is cut off. */
  #isInTime(connection: Connection, rate: FrameRate, frame: RawFrame): boolean {
    const { waits } = rate;
    const retryAfterMs = rate.take(costOf(frame));
    if (retryAfterMs === 0) return true;
    if (rate.isDisregarded) connection.close('tooManyFrames');
    else connection.send(errorFrame(frame, { code: 'rate_limited', retryAfterMs }));
    if (rate.waits > waits) connection.ping(String(rate.waits)); // its answer shows that the client has read this
    return false;
  }

  /** Runs whatever an event of a socket sets off. An unexpected error is logged, and ends this socket alone. */
  #guard(connection: Connection, work: () => unknown): void {
    const run = async () => work();
    run().catch((error: unknown) => {
      this.#parts.log.error({ err: error }, 'socket failed');
      connection.close(failureOf(error).retryAfterSeconds === undefined ? 'internalError' : 'unavailable');
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
    const { feed, hub, openSockets, presence, heartbeatSeconds } = this.#parts;
    const { userId, sessionId } = claims;
    connection.authenticate(claims);
    openSockets.authenticated(connection, userId)?.close('tooManySockets');
    presence.opened(connection, userId);
    connection.hold(LOG_START);
    const position = await this.#closedUnlessIn(connection, () => feed.join(connection, userId, resumeAfter));
    this.#tokens.check(connection); // it may have ended while it joined
    if (connection.isClosed) {
      hub.forget(connection);
      return;
    }
    // A position that the log has not come to is of another log, or of what a restored backup has lost.
    const resumed = resumeAfter !== undefined && hasReached(position, resumeAfter);
    connection.send({ type: 'ready', userId, sessionId, position, heartbeatSeconds, resumed });
    if (resumed) await this.#resume(connection, claims, resumeAfter, position);
    connection.release(position);
    if (resumed) this.#parts.arrivals.resumed(connection, userId, resumeAfter);
  }

  /** Closes a socket that is not let in in time. What lets it in is waited for all the same: it is forgotten behind that. */
  async #closedUnlessIn<Answer>(connection: Connection, join: () => Promise<Answer>): Promise<Answer> {
    const timer = setTimeout(() => connection.close('unavailable'), this.#parts.answerWithinMs);
    try {
      return await join();
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Sends what was missed, while live frames wait. A frame is made as soon as its message is read, and let go once it was sent:
   * what is kept alive of 1,000 messages, the collector copies, for up to 20 ms. None is made for a socket that has closed.
   */
  async #resume(connection: Connection, claims: AccessClaims, after: Position, upTo: Position): Promise<void> {
    const { arrivals, feed, resumes, missed, links } = this.#parts;
    const { userId } = claims;
    const sign = links.signFor(claims);
    const keep = ({ position, content }: MissedFrame) =>
      connection.isClosed
        ? new WaitingFrame(position)
        : new WaitingFrame(position, textFrame(linked(content, sign)), sentIn(content));
    const frames = await resumes.run(connection, userId, async () => {
      await feed.requireMessages();
      return missed(userId, after, upTo, { isOver: () => connection.isClosed, keep });
    });
    if (!frames) connection.close('unavailable');
    const waiting = frames?.reverse() ?? [];
    for (let next = waiting.pop(); next && !connection.isClosed; next = waiting.pop()) {
      const { frame, message } = next.take();
      if (frame) connection.write(frame);
      if (message) arrivals.resent(connection, userId, message);
      await connection.whenDrained();
    }
  }

  #verify(token: string): AccessClaims | undefined {
    try {
      return this.#parts.useCases.authenticate(token);
    } catch (error) {
      if (failureOf(error).isOurs) throw error;
      return undefined; // The socket is closed, whether or not the token was valid.
    }
  }

  async #command(connection: Connection, frame: RawFrame, claims: AccessClaims): Promise<void> {
    const { type } = frame;
    const { presence } = this.#parts;
    if (!this.#tokens.isOpen(claims)) this.#tokens.check(connection);
    else if (!isFrameType(type)) connection.send(errorFrame(frame, { code: 'invalid_request' }));
    else if (type === 'auth')
      await this.#frames.carryOut(connection, frame, async () => this.#tokens.renew(frame, connection, claims));
    else {
      if (type !== 'ping') presence.active(connection); // a client may ping without its user
      await this.#frames.handle(type, frame, { connection, claims });
    }
  }

  /** A socket that was closed is left to its close timeout: the reason may wait behind much that the client has to read. */
  #beat(connection: Connection): void {
    if (connection.isClosed) return;
    if (!connection.isPaused) {
      if (connection.unansweredPings >= MOST_UNANSWERED_PINGS) connection.socket.terminate();
      connection.unansweredPings += 1;
    }
    connection.ping();
  }

  /**
   * Closes all sockets within this time, spread over some of it; commands under way are answered first. Answers how many
   * sockets were cut off from one.
   */
  async stop(withinMs: number): Promise<number> {
    this.#draining = true;
    const close = (connection: Connection): void => this.#guard(connection, () => connection.close('shuttingDown'));
    const cutOff = await sayGoodbye(this.#parts.hub, withinMs, close);
    for (const timer of [this.#heartbeat, this.#tokenChecks]) clearInterval(timer);
    this.#stopListening();
    return cutOff;
  }
}
