import type { ConversationId, UserId } from '../../src/domain/kernel/ids.js';
import { messageCursor } from '../../src/application/messages/message-cursor.js';
import { startApp, type RunningApp } from '../support/app.js';
import { testDatabase } from '../support/postgres.js';
import { conversationOf, signUpMany } from './bench-users.js';
import { openFiller } from './filled-log.js';
import { percentile, type Report, type Row } from './report.js';

const MESSAGES = 100_000;
const REQUESTS = 1_500;
const WARM_UP = 300;

const get = async (app: RunningApp, path: string, token: string, minPosition?: string): Promise<number> => {
  const position = minPosition === undefined ? {} : { 'X-Min-Position': minPosition };
  const response = await fetch(`${app.url}${path}`, { headers: { Authorization: `Bearer ${token}`, ...position } });
  await response.arrayBuffer();
  return response.status;
};

/** Sends one request after another, and answers the milliseconds of each, sorted. */
const measure = async (app: RunningApp, path: string, token: string): Promise<Float64Array> => {
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + REQUESTS; n += 1) {
    const startedAt = performance.now();
    const status = await get(app, path, token);
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    if (n >= WARM_UP) times.push(performance.now() - startedAt);
  }
  return Float64Array.from(times).sort();
};

/** Measures a page of 50 messages over HTTP, in a conversation of 100,000. */
export const run = async (): Promise<Report> => {
  const { pool, url, drop } = await testDatabase();
  const app = await startApp({ env: { DATABASE_URL: url, RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn' } });
  const { store, sendMany } = await openFiller(pool, app.masterKey);
  try {
    const [one, other] = await signUpMany(app, 2);
    if (!one || !other) throw new Error('there are too few users');
    const conversationId = await conversationOf(app, one, other);
    const members = [one.userId, other.userId] as UserId[];
    const last = await sendMany(conversationId as ConversationId, members, MESSAGES);
    const path = `/message/v1/history?conversationId=${conversationId}`;
    while ((await get(app, path, one.accessToken, last)) !== 200);
    const newest = await measure(app, path, one.accessToken);
    const middle = await measure(app, `${path}&around=${messageCursor(MESSAGES / 2)}`, one.accessToken);
    const rowsOf = (name: string, times: Float64Array): Row[] => [
      { metric: `${name}: p50`, value: percentile(times, 0.5), unit: 'ms' },
      { metric: `${name}: p99`, value: percentile(times, 0.99), unit: 'ms', target: 'below 10' },
    ];
    const ratio = percentile(middle, 0.5) / percentile(newest, 0.5);
    return {
      name: `(c) A page of 50 out of ${MESSAGES.toLocaleString('en')} messages, over HTTP`,
      rows: [
        ...rowsOf('newest', newest),
        ...rowsOf('in the middle', middle),
        { metric: 'middle against newest, p50', value: ratio, unit: 'times', ratio, target: 'at most 200 %' },
      ],
    };
  } finally {
    await store.close();
    await app.stop();
    await drop();
  }
};
