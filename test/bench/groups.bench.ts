import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { startApp, type RunningApp } from '../support/app.js';
import { call, conversationOf, signUpMany, type BenchUser } from './bench-users.js';
import { putLoad, type Pair } from './load.js';
import { percentile, type Report, type Row } from './report.js';

const MEMBERS = 950;
const JOINING = 40;
const ONLINE = 500;
const PAIRS = 10;
const RATE = 50;
const SECONDS = 6;

/** Opens the socket of a member who is online, and counts the frames of the group's changes. */
const openMember = async (
  url: string,
  { accessToken }: BenchUser,
  onBytes: (bytes: number) => void,
): Promise<WebSocket> => {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.send(JSON.stringify({ type: 'auth', token: accessToken }));
  await new Promise((resolve) => socket.once('message', resolve));
  socket.on('message', (data: Buffer) => {
    if (data.indexOf('{"type":"conversation.') === 0) onBytes(data.length);
  });
  return socket;
};

const rowsOf = (name: string, latencies: readonly number[], target?: string): Row[] => {
  const sorted = Float64Array.from(latencies).sort();
  return [
    { metric: `${name}: p50`, value: percentile(sorted, 0.5), unit: 'ms' },
    { metric: `${name}: p99`, value: percentile(sorted, 0.99), unit: 'ms', ...(target !== undefined && { target }) },
  ];
};

const pairsOf = async (app: RunningApp, users: readonly BenchUser[]): Promise<Pair[]> => {
  const pairs: Pair[] = [];
  for (let n = 0; n < PAIRS; n += 1) {
    const [one, other] = users.slice(2 * n, 2 * n + 2) as [BenchUser, BenchUser];
    const conversationId = await conversationOf(app, one, other);
    pairs.push({ sender: one.accessToken, receiver: other.accessToken, conversationId });
  }
  return pairs;
};

/**
 * Measures direct messages of other users, alone and beside changes of a group of 1,000 members of whom 500 are online.
 */
export const run = async (): Promise<Report> => {
  const app = await startApp({ env: { RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn' } });
  let bytes = 0;
  const sockets: WebSocket[] = [];
  try {
    const users = await signUpMany(app, MEMBERS + JOINING + 2 * PAIRS);
    const [owner, ...others] = users as [BenchUser, ...BenchUser[]];
    const token = owner.accessToken;
    const joining = others.slice(MEMBERS - 1, MEMBERS - 1 + JOINING).map(({ userId }) => userId);
    const memberIds = others.slice(0, MEMBERS - 1).map(({ userId }) => userId);
    const started = await call(app, 'POST', '/conversation/v1', {
      body: { kind: 'group', title: 'All', memberIds },
      token,
    });
    const { conversationId } = (started as unknown as { conversation: { conversationId: string } }).conversation;
    for (const user of others.slice(0, ONLINE))
      sockets.push(await openMember(app.socketUrl, user, (more) => (bytes += more)));
    const load = { url: app.socketUrl, pairs: await pairsOf(app, users.slice(-2 * PAIRS)), inFlight: 1, rate: RATE };
    await putLoad({ ...load, seconds: 2 });
    const alone = await putLoad({ ...load, seconds: SECONDS });
    const beside = putLoad({ ...load, seconds: SECONDS });
    const path = `/conversation/v1/${conversationId}`;
    const sent: [string, number][] = [];
    const change = async (name: string, changing: () => Promise<unknown>): Promise<void> => {
      const before = bytes;
      await changing();
      await sleep(500);
      sent.push([name, bytes - before]);
    };
    await sleep(1_000);
    await change('40 users added', () => call(app, 'POST', `${path}/members`, { body: { userIds: joining }, token }));
    await change('5 new titles', async () => {
      for (let n = 0; n < 5; n += 1) await call(app, 'PATCH', path, { body: { title: `Title ${n}` }, token });
    });
    await change('one removed', () => call(app, 'DELETE', `${path}/members/${joining[0]}`, { token }));
    const { latencies } = await beside;
    return {
      name: '(f) Changes of a group of 1,000, 500 of them online',
      rows: [
        ...rowsOf('direct messages of others, alone', alone.latencies),
        ...rowsOf('beside the changes', latencies, 'at most 100'),
        ...sent.map(([name, count]): Row => ({ metric: `${name}: sent to all`, value: count / 1_000, unit: 'kB' })),
      ],
    };
  } finally {
    for (const socket of sockets) socket.terminate();
    await app.stop();
  }
};
