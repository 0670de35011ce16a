import type { ConversationId, Position, UserId } from '../../src/domain/kernel/ids.js';
import { startApp, type RunningApp } from '../support/app.js';
import { testDatabase } from '../support/postgres.js';
import type { BareServer } from './bare-server.js';
import { conversationOf, signUpMany, type BenchUser } from './bench-users.js';
import { startChild } from './child.js';
import { openFiller } from './filled-log.js';
import { isSent, openMember, type Member } from './member-socket.js';
import { percentile, type Report, type Row } from './report.js';
import type { Sizes } from './sizes.js';

const EVENTS = 1_000;
const ROUNDS = 300;
const WARM_UP = 20;

interface Resumed {
  readonly milliseconds: number;
  readonly frameBytes: number;
}

/** Connects, and answers after which time the last missed message has come. */
const resume = async (member: Member, events: number): Promise<Resumed> => {
  const startedAt = performance.now();
  let [left, frameBytes] = [events, 0];
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const socket = await openMember(member, (buffer, from, to) => {
    if (!isSent(buffer, from)) return;
    frameBytes = to - from;
    left -= 1;
    if (left === 0) finish();
  });
  const closed = new Promise<never>((_, reject) => socket.once('close', () => reject(new Error('it was closed'))));
  await Promise.race([finished, closed]);
  const milliseconds = performance.now() - startedAt;
  closed.catch(() => undefined);
  socket.destroy();
  return { milliseconds, frameBytes };
};

const resumeOften = async (member: Member, events: number, rounds: number): Promise<Float64Array> => {
  const times: number[] = [];
  for (let round = 0; round < WARM_UP + rounds; round += 1) {
    const { milliseconds } = await resume(member, events);
    if (round >= WARM_UP) times.push(milliseconds);
  }
  return Float64Array.from(times).sort();
};

/** Waits until the read model has what the log has. */
const untilShown = async (app: RunningApp, { accessToken }: BenchUser, conversationId: string, position: string) => {
  const headers = { Authorization: `Bearer ${accessToken}`, 'X-Min-Position': position };
  const path = `/message/v1/history?conversationId=${conversationId}`;
  while (!(await fetch(`${app.url}${path}`, { headers })).ok);
};

const bareTimes = async (events: number, rounds: number, frameBytes: number): Promise<Float64Array> => {
  const bare = await startChild<BareServer>('./bare-server.ts', { missed: events, frameBytes });
  try {
    return await resumeOften({ url: bare.answer.url, token: '', resumeAfter: '0' }, events, rounds);
  } finally {
    bare.end();
  }
};

const rowsOf = (name: string, times: Float64Array, target?: string): Row[] => [
  { metric: `${name}: p50`, value: percentile(times, 0.5), unit: 'ms' },
  { metric: `${name}: p99`, value: percentile(times, 0.99), unit: 'ms', ...(target !== undefined && { target }) },
];

/** Measures a resume from the opening of the socket to the last message that was missed. */
export const run = async ({ events = EVENTS, rounds = ROUNDS }: Sizes): Promise<Report> => {
  const { pool, url, drop } = await testDatabase();
  const app = await startApp({ env: { DATABASE_URL: url, RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn' } });
  const { store, sendMany } = await openFiller(pool, app.masterKey);
  try {
    const [one, other] = (await signUpMany(app, 2)) as [BenchUser, BenchUser];
    const conversationId = await conversationOf(app, one, other);
    const after: Position = await store.head();
    const senders = [other.userId as UserId, one.userId as UserId];
    const last = await sendMany(conversationId as ConversationId, senders, events);
    await untilShown(app, one, conversationId, last);
    const member = { url: app.socketUrl, token: one.accessToken, resumeAfter: after };
    const { frameBytes } = await resume(member, events);
    const ours = await resumeOften(member, events, rounds);
    const bare = await bareTimes(events, rounds, frameBytes);
    return {
      name: `(i) Resume of ${events.toLocaleString('en')} missed messages`,
      rows: [...rowsOf('bare sockets, the same frames', bare), ...rowsOf('from the upgrade on', ours, 'at most 50')],
    };
  } finally {
    await store.close();
    await app.stop();
    await drop();
  }
};
