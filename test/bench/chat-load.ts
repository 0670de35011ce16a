import WebSocket from 'ws';
import type { Load, LoadResult, Pair } from './load.js';

/** This client talks to the server from a process of its own, and costs as little as it can. */

const TEXT_LENGTH = 120;
const TICK_MS = 1;
const STARTED = Buffer.from('"text":"');
const SENT = Buffer.from('{"type":"message.sent"');

const open = async (url: string, token: string): Promise<WebSocket> => {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.send(JSON.stringify({ type: 'auth', token }));
  await new Promise((resolve) => socket.once('message', resolve));
  return socket;
};

/** Answers the time at which a message was due, which begins its text; undefined for other frames. */
const dueOf = (frame: Buffer): number | undefined => {
  if (frame.compare(SENT, 0, SENT.length, 0, SENT.length) !== 0) return undefined;
  const at = frame.indexOf(STARTED) + STARTED.length;
  return Number(frame.toString('latin1', at, frame.indexOf(' ', at)));
};

const messageFor = ({ conversationId }: Pair, due: number): string => {
  const text = `${due.toFixed(3)} `.padEnd(TEXT_LENGTH, 'x');
  return `{"type":"send","id":"1","conversationId":"${conversationId}","text":"${text}"}`;
};

const run = async ({ url, pairs, seconds, inFlight, rate }: Load): Promise<LoadResult> => {
  const latencies: number[] = [];
  const senders = await Promise.all(pairs.map(({ sender }) => open(url, sender)));
  const receivers = await Promise.all(pairs.map(({ receiver }) => open(url, receiver)));
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  let sent = 0;
  const send = (index: number, due: number): void => {
    sent += 1;
    senders[index]?.send(messageFor(pairs[index] as Pair, due));
  };
  receivers.forEach((receiver, index) =>
    receiver.on('message', (data: Buffer) => {
      const due = dueOf(data);
      if (due === undefined) return;
      const now = performance.now();
      latencies.push(now - due);
      if (rate === undefined && now < endsAt) send(index, now);
    }),
  );
  if (rate === undefined) {
    for (let n = 0; n < inFlight; n += 1) for (const index of pairs.keys()) send(index, performance.now());
  } else await keepSchedule(rate, endsAt, (n, due) => send(n % pairs.length, due));
  while (latencies.length < sent && performance.now() < endsAt + 10_000)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const lasted = rate === undefined ? performance.now() - startedAt : seconds * 1_000;
  for (const socket of [...senders, ...receivers]) socket.terminate();
  return { sent, latencies, seconds: lasted / 1_000 };
};

/**
 * Sends each message when it is due, whatever has become of those before it. A late one counts from when it was due.
 */
const keepSchedule = (rate: number, endsAt: number, send: (n: number, due: number) => void): Promise<void> =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    let n = 0;
    const timer = setInterval(() => {
      const now = performance.now();
      for (let due = startedAt + (n * 1_000) / rate; due <= now; due = startedAt + (n * 1_000) / rate) send(n++, due);
      if (now < endsAt) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });

process.on('message', (load: Load) => {
  run(load).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
