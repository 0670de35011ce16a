import { setTimeout as sleep } from 'node:timers/promises';
import type { SignedUp } from './signed-up.js';
import { connect, type Frame, type Socket } from './socket.js';
import type { Target } from './target.js';

export type LiveSocket = Socket & { readonly ready: Frame };

/** Opens a socket and authenticates it; with a position it resumes behind that. */
export const openSocket = async (target: Target, subject: SignedUp, resumeAfter?: string): Promise<LiveSocket> => {
  const socket = await connect(target);
  socket.send({ type: 'auth', token: subject.accessToken, ...(resumeAfter !== undefined && { resumeAfter }) });
  return { ...socket, ready: await socket.next('ready') };
};

/** Resolves once everything up to a position has come. */
export const served = async (socket: Socket, position: string): Promise<void> => {
  for (;;) {
    socket.send({ type: 'ping' });
    const pong = await socket.next('pong');
    if (BigInt(pong['position'] as string) >= BigInt(position)) return;
    await sleep(5);
  }
};
