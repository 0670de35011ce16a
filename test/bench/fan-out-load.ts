import type { Socket } from 'node:net';
import { answerOnce } from './answer-once.js';
import type { OnText } from './bare-socket.js';
import { isSent, numberIn, openMember, openMembers, sendNumber } from './member-socket.js';
import { percentile } from './report.js';

/** The time for what is under way at the end. */
const PATIENCE_MS = 60_000;

/** One sender, and the sockets of a group. Users are given by their access tokens. */
export interface FanOut {
  readonly url: string;
  readonly sender: string;
  readonly receivers: readonly string[];
  readonly conversationId: string;
  /** The most messages under way: those that one of the receivers does not have yet. */
  readonly inFlight: number;
  readonly seconds: number;
}

export interface FanOutResult {
  readonly deliveriesPerSecond: number;
  /** The milliseconds from the sending of a message to a delivery of it. */
  readonly p50: number;
  readonly p99: number;
  /** The bytes of a frame, without its header. */
  readonly frameBytes: number;
}

/** Raises where a socket is closed, or where what is under way does not come. */
const failed = (sockets: readonly Socket[], seconds: number): Promise<never> =>
  new Promise((_, reject) => {
    for (const socket of sockets) socket.once('close', () => reject(new Error('a socket was closed')));
    setTimeout(() => reject(new Error('some frames did not come')), seconds * 1_000 + PATIENCE_MS);
  });

answerOnce(async (load: FanOut): Promise<FanOutResult> => {
  const { url, sender, receivers, conversationId, inFlight, seconds } = load;
  const latencies: number[] = [];
  let take: OnText = () => undefined;
  const socket = await openMember({ url, token: sender }, () => undefined);
  const members = receivers.map((token) => ({ url, token }));
  const sockets = await openMembers(members, (buffer, from, to) => take(buffer, from, to));
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  let [sent, frameBytes] = [0, 0];
  const sendMore = (now: number): void => {
    while (latencies.length > (sent - inFlight) * receivers.length) {
      sent += 1;
      sendNumber(socket, conversationId, now.toFixed(3));
    }
  };
  const finished = new Promise<void>((resolve) => {
    take = (buffer, from, to) => {
      if (!isSent(buffer, from)) return;
      const now = performance.now();
      latencies.push(now - numberIn(buffer, from));
      frameBytes = to - from;
      if (now < endsAt) sendMore(now);
      else if (latencies.length === sent * receivers.length) resolve();
    };
  });
  sendMore(startedAt);
  await Promise.race([finished, failed([socket, ...sockets], seconds)]);
  const lasted = (performance.now() - startedAt) / 1_000;
  const sorted = Float64Array.from(latencies).sort();
  const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
  return { deliveriesPerSecond: latencies.length / lasted, p50, p99, frameBytes };
});
