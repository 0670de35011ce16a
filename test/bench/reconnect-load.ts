import { setTimeout as sleep } from 'node:timers/promises';
import { answerOnce } from './answer-once.js';
import type { OnText } from './bare-socket.js';
import { isSent, openMember, openMembers, sendNumber } from './member-socket.js';

const PATIENCE_MS = 120_000;
const POSITION = /"position":"(\d+)"/;

/** The sockets of a group that are all cut off at once. Users are given by their access tokens. */
export interface Reconnect {
  readonly url: string;
  readonly sender: string;
  readonly receivers: readonly string[];
  readonly conversationId: string;
}

/** The milliseconds until all sockets had come as far, since they began to connect again. */
export interface Reconnected {
  readonly ready: number;
  readonly resumed: number;
  readonly live: number;
}

/** Counts the messages that sockets get, and resolves once each has got so many. */
const arrivals = () => {
  let [count, wanted] = [0, Infinity];
  let finish: () => void = () => undefined;
  const take: OnText = (buffer, from) => {
    if (!isSent(buffer, from)) return;
    count += 1;
    if (count === wanted) finish();
  };
  const until = (total: number): Promise<void> =>
    new Promise((resolve) => {
      [wanted, finish] = [total, resolve];
      if (count >= total) resolve();
    });
  return { take, until };
};

answerOnce(async (load: Reconnect): Promise<Reconnected> => {
  const { url, sender, receivers, conversationId } = load;
  setTimeout(() => process.exit(1), PATIENCE_MS);
  let position = '';
  const note: OnText = (buffer, from, to) => {
    if (isSent(buffer, from)) position = POSITION.exec(buffer.toString('utf8', from, to))?.[1] ?? '';
  };
  const socket = await openMember({ url, token: sender }, note);
  const first = arrivals();
  const sockets = await openMembers(
    receivers.map((token) => ({ url, token })),
    first.take,
  );
  sendNumber(socket, conversationId, '1');
  await first.until(receivers.length);
  while (position === '') await sleep(1);
  const resumeAfter = position;
  for (const each of sockets) each.destroy();
  sendNumber(socket, conversationId, '2');
  while (position === resumeAfter) await sleep(1);
  const again = arrivals();
  const startedAt = performance.now();
  const since = (): number => performance.now() - startedAt;
  await Promise.all(receivers.map((token) => openMember({ url, token, resumeAfter }, again.take)));
  const ready = since();
  await again.until(receivers.length);
  const resumed = since();
  sendNumber(socket, conversationId, '3');
  await again.until(2 * receivers.length);
  return { ready, resumed, live: since() };
});
