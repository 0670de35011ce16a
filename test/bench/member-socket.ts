import type { Socket } from 'node:net';
import { openBare, writeText, type OnText } from './bare-socket.js';

const READY = '{"type":"ready"';
const SENT = Buffer.from('{"type":"message.sent"');
const TEXT = Buffer.from('"text":"');
/** So many sockets are opened at a time. */
const AT_ONCE = 100;

/** Who opens a socket, and where. */
export interface Member {
  readonly url: string;
  readonly token: string;
  readonly resumeAfter?: string;
}

/** Opens a socket and logs in; every frame behind `ready` is given to `onText`. */
export const openMember = ({ url, token, resumeAfter }: Member, onText: OnText): Promise<Socket> =>
  new Promise((resolve, reject) => {
    let socket: Socket | undefined;
    let isReady = false;
    const take: OnText = (buffer, from, to) => {
      if (isReady) onText(buffer, from, to);
      else if (socket && buffer.toString('latin1', from, from + READY.length) === READY) {
        isReady = true;
        resolve(socket);
      } else reject(new Error(`a socket was answered: ${buffer.toString('utf8', from, to)}`));
    };
    openBare(url, take).then((opened) => {
      socket = opened;
      opened.once('close', () => reject(new Error('a socket was closed before it was ready')));
      writeText(opened, JSON.stringify({ type: 'auth', token, resumeAfter }));
    }, reject);
  });

/** Opens many sockets, some at a time. */
export const openMembers = async (members: readonly Member[], onText: OnText): Promise<Socket[]> => {
  const sockets: Socket[] = [];
  for (let at = 0; at < members.length; at += AT_ONCE)
    sockets.push(...(await Promise.all(members.slice(at, at + AT_ONCE).map((member) => openMember(member, onText)))));
  return sockets;
};

/** Says whether a frame tells of a message that was sent. */
export const isSent = (buffer: Buffer, from: number): boolean =>
  buffer.compare(SENT, 0, SENT.length, from, from + SENT.length) === 0;

/** Answers the number with which the text of a message begins. */
export const numberIn = (buffer: Buffer, from: number): number => {
  const at = buffer.indexOf(TEXT, from) + TEXT.length;
  return Number(buffer.toString('latin1', at, buffer.indexOf(' ', at)));
};

/** Sends a message whose text begins with a number. */
export const sendNumber = (socket: Socket, conversationId: string, number: string): void => {
  const text = `${number} `.padEnd(120, 'x');
  writeText(socket, `{"type":"send","id":"1","conversationId":"${conversationId}","text":"${text}"}`);
};
