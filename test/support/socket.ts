import { expect } from 'chai';
import { WebSocket } from 'ws';
import { expectNoLeak } from './call.js';
import type { Target } from './target.js';

export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

export interface Socket {
  readonly ws: WebSocket;
  /** Every frame that has come, in order. */
  readonly frames: readonly Frame[];
  /** Resolves with the code with which the socket was closed. */
  readonly closed: Promise<number>;
  send(frame: object): void;
  /** Answers the next frame of this type that was not handed out yet, and fails when the socket closes first. */
  next(type: string): Promise<Frame>;
  /** Answers the next acknowledgement or refusal of the frame with this id. */
  answerTo(id: string): Promise<Frame>;
  close(): Promise<void>;
}

const webSocketUrl = ({ url }: Target): string => `${url.replace('http', 'ws')}/ws/`;

type Wanted = (frame: Frame) => boolean;

/** Keeps frames in order of arrival, and hands each out once to the caller that asks for it. */
const createInbox = () => {
  const frames: Frame[] = [];
  const unread: Frame[] = [];
  const waiting: { what: string; isIt: Wanted; resolve: (frame: Frame) => void; reject: (error: Error) => void }[] = [];
  return {
    frames,
    put: (frame: Frame) => {
      frames.push(frame);
      const index = waiting.findIndex(({ isIt }) => isIt(frame));
      if (index === -1) unread.push(frame);
      else waiting.splice(index, 1)[0]?.resolve(frame);
    },
    end: (code: number) => {
      for (const { what, reject } of waiting) reject(new Error(`closed with ${code} before a frame ${what}`));
    },
    next: (what: string, isIt: Wanted): Promise<Frame> => {
      const index = unread.findIndex(isIt);
      const [frame] = index === -1 ? [] : unread.splice(index, 1);
      if (frame) return Promise.resolve(frame);
      return new Promise((resolve, reject) => waiting.push({ what, isIt, resolve, reject }));
    },
  };
};

const open = new Set<WebSocket>();

/** Ends the sockets that a test has left open, also those of a test that failed. */
export const closeSockets = (): void => {
  for (const ws of open) ws.terminate();
};

/** Connects; if there is a token, the upgrade request carries it. */
export const connect = async (target: Target, token?: string): Promise<Socket> => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const ws = new WebSocket(webSocketUrl(target), { headers });
  open.add(ws);
  ws.once('close', () => open.delete(ws));
  const inbox = createInbox();
  let leak: unknown;
  ws.on('message', (data: Buffer) => {
    const text = data.toString();
    try {
      expectNoLeak(target, text);
    } catch (error) {
      leak = error;
    }
    inbox.put(JSON.parse(text) as Frame);
  });
  const closed = new Promise<number>((resolve, reject) => {
    ws.on('close', (code) => {
      inbox.end(code);
      if (leak instanceof Error) reject(leak);
      else resolve(code);
    });
  });
  await new Promise<void>((resolve, reject) => {
    ws.once('open', () => resolve());
    ws.once('error', reject);
  });
  // A socket that the server cuts off raises an error too; the close code is what tests look at.
  ws.on('error', () => undefined);
  return {
    ws,
    frames: inbox.frames,
    closed,
    send: (frame) => ws.send(JSON.stringify(frame)),
    next: (type) => inbox.next(`of type ${type}`, (frame) => frame.type === type),
    answerTo: (id) =>
      inbox.next(`that answers ${id}`, ({ type, id: given }) => given === id && (type === 'ack' || type === 'error')),
    close: async () => {
      ws.close();
      expect(await closed).to.be.a('number');
    },
  };
};
