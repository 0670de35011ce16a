import type { StreamAppend } from '../../src/application/ports/event-store.js';
import { streamOf, type ConversationId, type MessageId, type UserId } from '../../src/domain/kernel/ids.js';
import { startApp, type RunningApp } from '../support/app.js';
import { makeAuditors } from '../support/audit-calls.js';
import { testDatabase } from '../support/postgres.js';
import { signUpMany, startGroup, type BenchUser } from './bench-users.js';
import { eventOf, openFiller, timeOf } from './filled-log.js';
import { untilCaughtUp, untilIndexed } from './replay.bench.js';
import { percentile, type Row } from './report.js';

const MESSAGES = 100_000;
const MEMBERS = 20;
const REQUESTS = 100;
const WARM_UP = 5;
const TARGET = 'at most 300';

/** Each fifth message gets a reaction, each twentieth is edited, each hundredth is deleted. */
const followers = (conversationId: ConversationId) => {
  const about = (n: number, messageId: MessageId, senderId: UserId): readonly (StreamAppend | false)[] => {
    const at = timeOf(n);
    const more = { at, actorId: senderId };
    const onMessage = { streamId: streamOf('message', messageId), expected: 'any' } as const;
    const place = { messageId, conversationId };
    const reacted = { ...place, userId: senderId, emoji: '👍', addedAt: at };
    const edited = { ...place, senderId, text: 'y'.repeat(120), editedAt: at };
    const deleted = { ...place, deletedBy: senderId, deletedAt: at };
    return [
      n % 5 === 0 && {
        ...{ streamId: streamOf('reaction', `${messageId}-${senderId}`), expected: 'any' },
        events: [eventOf('ReactionAdded', reacted, more)],
      },
      n % 20 === 0 && { ...onMessage, events: [eventOf('MessageEdited', edited, more)] },
      n % 100 === 0 && { ...onMessage, events: [eventOf('MessageDeleted', deleted, more)] },
    ];
  };
  return ({
    n,
    messageId,
    senderId,
  }: {
    readonly n: number;
    readonly messageId: MessageId;
    readonly senderId: UserId;
  }) => about(n, messageId, senderId).filter((each) => each !== false);
};

interface Asked {
  readonly app: RunningApp;
  readonly auditor: BenchUser;
}

const get = async ({ app, auditor }: Asked, path: string): Promise<{ readonly nextCursor?: string | null }> => {
  const headers = { authorization: `Bearer ${auditor.accessToken}`, 'x-audit-reason': 'A benchmark' };
  const response = await fetch(`${app.url}/audit/v1${path}`, { headers });
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as { readonly nextCursor?: string | null };
};

/** Answers how long calls take, each as of another moment. */
const timesOf = async (asked: Asked, pathAt: (share: number) => string): Promise<Float64Array> => {
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + REQUESTS; n += 1) {
    const startedAt = performance.now();
    await get(asked, pathAt(Math.random()));
    if (n >= WARM_UP) times.push(performance.now() - startedAt);
  }
  return Float64Array.from(times).sort();
};

const measured = async (asked: Asked, { conversationId, first, last }: Filled, member: string): Promise<Row[]> => {
  const positionAt = (share: number) => String(first + Math.floor((last - first) * (0.01 + 0.99 * share)));
  const at = `/conversations/${conversationId}`;
  const { nextCursor } = await get(asked, `${at}/messages?limit=1&asOf=${positionAt(0.05)}`);
  const paths: Readonly<Record<string, (share: number) => string>> = {
    'messages as of any position': (share) => `${at}/messages?asOf=${positionAt(share)}`,
    'messages as of the end, old ones': () => `${at}/messages?asOf=${last}&cursor=${nextCursor ?? ''}`,
    'messages as of any time': (share) => `${at}/messages?asOf=${timeOf(Math.floor(share * MESSAGES) + 60)}`,
    'the conversation as of any position': (share) => `${at}?asOf=${positionAt(share)}`,
    'the conversation as a member saw it': (share) => `${at}?asOf=${positionAt(share)}&viewer=${member}`,
  };
  const rows: Row[] = [];
  for (const [name, path] of Object.entries(paths)) {
    const times = await timesOf(asked, path);
    rows.push(
      { metric: `${name}: p50`, value: percentile(times, 0.5), unit: 'ms' },
      { metric: `${name}: p99`, value: percentile(times, 0.99), unit: 'ms', target: TARGET },
    );
  }
  return rows;
};

interface Filled {
  readonly conversationId: ConversationId;
  readonly first: number;
  readonly last: number;
}

/** Measures what a conversation of 100,000 messages was at any moment, over HTTP, each call recorded. */
export const pastRows = async (messages = MESSAGES): Promise<Row[]> => {
  const { pool, url, drop } = await testDatabase();
  const app = await startApp({ env: { DATABASE_URL: url, RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn' } });
  const { store, sendMany } = await openFiller(pool, app.masterKey);
  try {
    const [auditor, ...members] = (await signUpMany(app, MEMBERS + 1)) as [BenchUser, ...BenchUser[]];
    await makeAuditors({ ...app, databaseUrl: url }, { username: auditor.userId });
    const memberIds = members.map(({ userId }) => userId);
    const [owner, ...others] = members as [BenchUser, ...BenchUser[]];
    const conversationId = (await startGroup(app, owner, others)) as ConversationId;
    const first = Number(await store.head());
    // The keys of all members are made before hundreds of messages at a time ask for them.
    await sendMany(conversationId, memberIds as UserId[], MEMBERS);
    const last = await sendMany(conversationId, memberIds as UserId[], messages, followers(conversationId));
    await untilIndexed(pool, last);
    const caughtUp = await untilCaughtUp(app);
    await pool.query('vacuum analyze');
    const filled = { conversationId, first, last: Number(last) };
    return [
      { metric: 'messages of the conversation', value: messages, unit: 'messages' },
      caughtUp,
      ...(await measured({ app, auditor }, filled, memberIds[1] ?? '')),
    ];
  } finally {
    await store.close();
    await app.stop();
    await drop();
  }
};
