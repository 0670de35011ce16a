import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.js';
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

/** Resolves once a user has been told of their own profile with this `bio`. */
export const toldOf = async ({ frames }: Socket, { userId }: SignedUp, bios: readonly string[]): Promise<void> => {
  const isTold = ({ type, user }: Frame): boolean => {
    const { bio } = (user ?? {}) as { bio?: string | null };
    return type === 'user.updated' && typeof bio === 'string' && bio.startsWith(userId) && bios.includes(bio);
  };
  await eventually(
    async () => frames.some(isTold),
    (isSo) => isSo,
  );
};
