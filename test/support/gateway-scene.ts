import { UNTRACED } from '../../src/application/ports/tracing.js';
import type { CloseReason } from '../../src/interfaces/ws/close-codes.js';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { AccessClaims } from '../../src/application/ports/access-tokens.js';
import type { SessionId, UserId } from '../../src/domain/kernel/ids.js';
import { Rejection } from '../../src/domain/kernel/rejections.js';
import { FrameRate } from '../../src/interfaces/ws/frame-rate.js';
import { Gateway, type GatewayParts } from '../../src/interfaces/ws/gateway.js';
import type { Connection } from '../../src/interfaces/ws/connection.js';
import { Hub } from '../../src/interfaces/ws/hub.js';
import { OpenSockets } from '../../src/interfaces/ws/open-sockets.js';
import { ResumeQueue } from '../../src/interfaces/ws/resume-queue.js';
import type { Socket as ServerSocket } from '../../src/interfaces/ws/socket.js';
import { closeSockets, connect, type Socket } from './socket.js';
import { ada, bob, positionOf, sessionNumber } from './ids.js';
import { testLinks } from './media-links.js';

const NEVER_S = 1_000_000;
const PLENTY_MS = 60_000;

type Handler = GatewayParts['handlers']['ping'];

const claimsOf = (userId: UserId, session: number, expiresAt = 1_000_000): AccessClaims => ({
  userId,
  sessionId: sessionNumber(session),
  epoch: 0,
  roles: [],
  expiresAt,
});

/** The sessions that exist, by token. Ada has two and Bob has two, one of which has a token for 500 s, and a newer one. */
const tokens: Readonly<Record<string, AccessClaims>> = {
  laptop: claimsOf(ada, 1),
  phone: claimsOf(ada, 2),
  bob: claimsOf(bob, 3),
  old: claimsOf(bob, 4, 500),
  newer: claimsOf(bob, 4, 900),
};

/** A gateway on an HTTP server of its own, with real sockets; its ports are plain objects. */
export class GatewayScene {
  readonly hub = new Hub();
  /** Everything that presence and the log were told, in order. */
  readonly notes: string[] = [];
  /** The data of the answers to pings. */
  readonly pongs: string[] = [];
  readonly counts = { open: 0, received: 0, sent: 0, closed: [] as CloseReason[] };
  readonly ended = new Set<SessionId>();
  readonly handlers: Record<string, Handler> = {
    ping: async () => ({ type: 'pong' }),
    send: async ({ id }) => ({ type: 'ack', id }),
  };
  onEnd: ((userId: UserId | null, sessionId: SessionId | null) => void) | undefined;
  now = 0;
  readonly gateway: Gateway;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;

  private constructor(server: Server, more: Partial<GatewayParts>) {
    this.#server = server;
    this.#sockets = new WebSocketServer({ server });
    this.gateway = new Gateway({ ...this.#parts(), ...more });
    this.#sockets.on('connection', (socket: ServerSocket, request) => this.gateway.accept(socket, request));
  }

  /** Opens a gateway with these parts in place of the usual ones. */
  static async open(more: (scene: () => GatewayScene) => Partial<GatewayParts> = () => ({})): Promise<GatewayScene> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const scene: GatewayScene = new GatewayScene(
      server,
      more(() => scene),
    );
    return scene;
  }

  #parts(): GatewayParts {
    return {
      links: testLinks,
      useCases: {
        authenticate: (token) => {
          if (token === 'broken') throw new Error('the keys are gone');
          const claims = tokens[token];
          if (!claims) throw new Rejection('unauthenticated');
          return claims;
        },
      },
      denylist: {
        allows: ({ sessionId }) => !this.ended.has(sessionId),
        onEnd: (listener) => {
          this.onEnd = listener;
          return () => (this.onEnd = undefined);
        },
      },
      hub: this.hub,
      openSockets: new OpenSockets({ perUser: 2, perAddress: 50, unauthenticatedPerAddress: 50 }),
      feed: {
        join: async (connection, userId) => {
          this.hub.attach(connection, userId);
          return positionOf(7);
        },
        requireMessages: () => Promise.resolve(),
      },
      handlers: this.handlers as GatewayParts['handlers'],
      presence: {
        opened: (_, userId) => this.notes.push(`opened ${userId === ada ? 'ada' : 'bob'}`),
        active: () => this.notes.push('active'),
        closed: () => this.notes.push('closed'),
      },
      arrivals: { answered: (_, ping) => this.pongs.push(ping), resent: () => undefined, resumed: () => undefined },
      resumes: new ResumeQueue({ atOnce: 2, longestWaitMs: PLENTY_MS }),
      missed: async () => [],
      log: {
        error: ({ err }, message) => this.notes.push(`${message}: ${(err as Error).message}`),
        debug: () => undefined,
      },
      tracing: UNTRACED,
      newRequestId: () => 'request-1',
      metrics: {
        sockets: (open) => (this.counts.open = open),
        received: () => (this.counts.received += 1),
        sent: (count) => (this.counts.sent += count),
        closed: (reason) => this.counts.closed.push(reason),
      },
      heartbeatSeconds: NEVER_S,
      authTimeoutMs: PLENTY_MS,
      answerWithinMs: PLENTY_MS,
      frameRate: () => new FrameRate(1, () => this.now), // the clock stands still
      trustedProxies: 0,
      now: () => this.now,
    };
  }

  /** Connects; if there is a token, the upgrade request carries it. */
  readonly dial = (token?: string): Promise<Socket> => {
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const target = { url, pid: 0, jwtSecret: '\0', masterKey: '\0', output: () => '', mailedToken: async () => '' };
    return connect(target, token);
  };

  /** Opens a socket and waits until it is authenticated. */
  readonly live = async (token: string) => {
    const socket = await this.dial(token);
    return { ...socket, ready: await socket.next('ready') };
  };

  /** Answers the only socket that is open. */
  get onlyConnection(): Connection {
    const [connection, ...more] = this.hub.all;
    if (!connection || more.length > 0) throw new Error('there is not exactly one socket');
    return connection;
  }

  async close(): Promise<void> {
    closeSockets();
    await this.gateway.stop(0);
    this.#sockets.close();
    this.#server.close();
  }
}

/** Opens gateways for the tests of a suite, and closes each after its test. */
export const gatewayScenes = (): typeof GatewayScene.open => {
  const opened: GatewayScene[] = [];
  afterEach(async () => {
    for (const scene of opened.splice(0)) await scene.close();
  });
  return async (more) => {
    const scene = await GatewayScene.open(more);
    opened.push(scene);
    return scene;
  };
};

/** Expects the socket to be open and to answer. */
export const isOpen = async (socket: Socket): Promise<void> => {
  socket.send({ type: 'ping' });
  await socket.next('pong');
};
