import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** The fault of a connection, which begins when the request comes for which it is meant. */
export type Fault =
  /** The request goes through, and the connection is cut when the answer comes. */
  | { readonly what: 'drop the answer' }
  /** The request goes through, or its part before this text; nothing goes through afterwards, in either direction. */
  | { readonly what: 'go silent'; readonly before?: string }
  /** This many bytes of the request go through, and then the connection is cut. */
  | { readonly what: 'cut'; readonly atByte: number }
  /** The answer comes late. */
  | { readonly what: 'delay'; readonly milliseconds: number };

export interface TcpProxy {
  /** The address of the database through the proxy. */
  readonly url: string;
  /** Makes the fault happen to the next request with this text in it; resolves once it has happened. */
  failNext(text: string, fault: Fault): Promise<void>;
  /**
   * Lets this many steps happen, then cuts every connection and refuses new ones. A request is one step and its answer
   * is another; a log-in is none. Resolves when that has happened.
   */
  dieAfter(steps: number): Promise<void>;
  /** Cuts every connection and refuses new ones, as while PostgreSQL is down. */
  refuse(): Promise<void>;
  /** Takes connections again, on the same port. */
  admit(): Promise<void>;
  close(): Promise<void>;
}

interface Armed {
  readonly text: string;
  readonly fault: Fault;
  readonly happened: () => void;
}

/** Says whether a request belongs to the log-in: a start message, which begins with its length, or a password. */
const isLogin = (request: Buffer): boolean => request[0] === 0 || request[0] === 'p'.charCodeAt(0);

/** Relays one connection through the proxy, with the faults that are meant for it. */
const relay = (client: Socket, server: Socket, take: (request: Buffer) => Armed | undefined): void => {
  let state: Armed | undefined;
  const cut = () => {
    client.destroy();
    server.destroy();
  };
  const hit = (armed: Armed, request: Buffer): void => {
    state = armed;
    if (armed.fault.what === 'go silent') {
      const { before } = armed.fault;
      server.write(before === undefined ? request : request.subarray(0, request.indexOf(before)));
      armed.happened();
      return;
    }
    if (armed.fault.what !== 'cut') {
      server.write(request);
      return;
    }
    server.end(request.subarray(0, armed.fault.atByte));
    client.destroy();
    armed.happened();
  };
  client.on('data', (request: Buffer) => {
    const armed = state ? undefined : take(request);
    if (armed) hit(armed, request);
    else if (state?.fault.what !== 'go silent') server.write(request);
  });
  server.on('data', (answer: Buffer) => {
    if (state?.fault.what === 'go silent') return;
    if (state?.fault.what === 'drop the answer') {
      cut();
      state.happened();
      return;
    }
    const late = state;
    state = undefined;
    if (late?.fault.what !== 'delay') {
      client.write(answer);
      return;
    }
    server.pause();
    void sleep(late.fault.milliseconds).then(() => {
      client.write(answer);
      server.resume();
      late.happened();
    });
  });
  for (const socket of [client, server]) {
    socket.on('error', () => undefined); // the end of either side is what matters
    socket.on('close', cut);
  }
};

/** Opens a proxy between a client and PostgreSQL, which listens on a port or on a Unix socket. */
export const openTcpProxy = async (databaseUrl: string): Promise<TcpProxy> => {
  const { host, port, user = '', password, database = '' } = new pg.Client({ connectionString: databaseUrl });
  const upstream = () => (host.startsWith('/') ? connect(join(host, `.s.PGSQL.${port}`)) : connect(port, host));
  const sockets = new Set<Socket>();
  const waiting: Armed[] = [];
  let stepsLeft = Infinity;
  let died = (): void => undefined;
  /** Counts a step down; the last one cuts the connection off before the request or its answer. */
  const step = (request: Buffer): Armed | undefined => {
    if (isLogin(request)) return undefined;
    stepsLeft -= 2;
    if (stepsLeft >= 0) return undefined;
    const happened = () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      died();
    };
    return { text: '', fault: stepsLeft === -2 ? { what: 'cut', atByte: 0 } : { what: 'drop the answer' }, happened };
  };
  const take = (request: Buffer): Armed | undefined => {
    const last = step(request);
    if (last) return last;
    const index = waiting.findIndex(({ text }) => request.includes(text));
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  };
  const listener = createServer((client) => {
    const server = upstream();
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    relay(client, server, take);
  });
  const listen = async (port: number): Promise<number> => {
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    return (listener.address() as AddressInfo).port;
  };
  const refuse = async (): Promise<void> => {
    const closed = once(listener, 'close');
    listener.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const ownPort = await listen(0);
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(String(password))}`;
  return {
    url: `postgres://${login}@127.0.0.1:${ownPort}/${database}`,
    failNext: (text, fault) => new Promise((happened) => waiting.push({ text, fault, happened })),
    dieAfter: (steps) => {
      stepsLeft = steps;
      return new Promise((resolve) => (died = resolve));
    },
    refuse,
    admit: async () => {
      await listen(ownPort);
    },
    close: async () => {
      if (listener.listening) await refuse();
    },
  };
};
