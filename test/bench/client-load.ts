import { WebSocket } from 'ws';
import { createChat, type Chat } from '../../src/interfaces/client/client.js';
import { tokensOf } from '../support/chat-tokens.js';
import type { Load, LoadResult } from './load.js';

/** The load of chat-load.ts, made by clients of the library: one that sends and one that receives for each pair. */

const TEXT_LENGTH = 120;
const POLL_MS = 20;
const LONGEST_MS = 10_000;

const userIdIn = (token: string): string => {
  const [, claims = ''] = token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { readonly sub: string }).sub;
};

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
};

const open = async (socketUrl: string, accessToken: string): Promise<Chat> => {
  const chat = createChat({ url: socketUrl.replace(/^ws/, 'http').replace(/\/ws\/$/, ''), WebSocket });
  await chat.signInWith(tokensOf({ userId: userIdIn(accessToken), accessToken }));
  await until(() => chat.isCurrent);
  return chat;
};

const run = async ({ url, pairs, seconds, inFlight }: Load): Promise<LoadResult> => {
  const latencies: number[] = [];
  const senders = await Promise.all(pairs.map(({ sender }) => open(url, sender)));
  const receivers = await Promise.all(pairs.map(({ receiver }) => open(url, receiver)));
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  let sent = 0;
  const send = async (index: number): Promise<void> => {
    sent += 1;
    const text = `${performance.now().toFixed(3)} `.padEnd(TEXT_LENGTH, 'x');
    await senders[index]?.send({ conversationId: pairs[index]?.conversationId ?? '', text });
  };
  const failures: unknown[] = [];
  const sendOn = (index: number): void => void send(index).catch((error: unknown) => failures.push(error));
  receivers.forEach((receiver, index) =>
    receiver.onMessage(({ text }) => {
      const now = performance.now();
      latencies.push(now - Number(text?.split(' ')[0]));
      if (now < endsAt) sendOn(index);
    }),
  );
  for (let n = 0; n < inFlight; n += 1) for (const index of pairs.keys()) sendOn(index);
  await until(
    () => performance.now() > endsAt && (latencies.length >= sent || performance.now() > endsAt + LONGEST_MS),
  );
  if (failures.length > 0) throw new Error('a message could not be given to the client', { cause: failures[0] });
  const lasted = performance.now() - startedAt;
  for (const chat of [...senders, ...receivers]) chat.close();
  return { sent, latencies, seconds: lasted / 1_000 };
};

process.on('message', (load: Load) => {
  run(load).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
