import type pg from 'pg';
import type { Projection } from '../../src/application/projections/projector.js';
import { messagesProjection, searchProjection } from '../../src/application/projections/registry.js';
import { searchMessages, type MessageSearch } from '../../src/application/search/search-messages.js';
import type { Position } from '../../src/domain/kernel/ids.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import { createPostgresGenerations } from '../../src/infrastructure/projections/postgres/postgres-generations.js';
import type { ReadModel } from '../../src/infrastructure/projections/postgres/read-model.js';
import { createConversationViews } from '../../src/infrastructure/read-models/postgres/conversation-views.js';
import { createMessageViews } from '../../src/infrastructure/read-models/postgres/message-views.js';
import { messagesReadModel } from '../../src/infrastructure/read-models/postgres/messages-read-model.js';
import { searchReadModel } from '../../src/infrastructure/read-models/postgres/search-read-model.js';
import { createSearchViews } from '../../src/infrastructure/read-models/postgres/search-views.js';
import { conversationNumber, messageNumber, userNumber } from '../support/ids.js';
import { testDatabase } from '../support/postgres.js';
import type { Fact } from '../support/projections.js';
import { percentile, type Report, type Row } from './report.js';
import type { Sizes } from './sizes.js';
import { batchesOf, conversationsStarted, messagesSent, viewer } from './search-messages.js';

const MESSAGES = 1_000_000;
const BATCH = 1_000;
const REQUESTS = 200;
const WARM_UP = 20;
const MEBIBYTE = 1_048_576;

const EVERYWHERE = {
  conversationId: undefined,
  from: undefined,
  after: undefined,
  before: undefined,
  cursor: undefined,
};

const searchesIn = (count: number): Readonly<Record<string, Partial<MessageSearch> & { readonly q: string }>> => ({
  'a word in half of all': { q: 'lunch' },
  'a word in seven': { q: 'needle' },
  'a part of it': { q: 'eedl' },
  'a word in none': { q: 'xylophone' },
  'two words in half of all each, together in three': { q: 'lunch coffee' },
  'a phrase of them': { q: '"lunch coffee"' },
  'two Chinese characters, in one': { q: '龙猫' },
  'two Chinese characters, in many': { q: '一是' },
  'two letters, in many': { q: 'ba' },
  'two letters, in none': { q: 'qx' },
  'one letter, in most': { q: 'a' },
  'one letter, in none': { q: 'q' },
  'a word in half of all, of one sender': { q: 'lunch', from: userNumber(77) },
  'a word in half of all, in the oldest hundredth': {
    q: 'lunch',
    before: new Date(Date.UTC(2026, 0, 1) + count * 10).toISOString() as never,
  },
  'a word in half of all, in one conversation': { q: 'lunch', conversationId: conversationNumber(7) },
  'a page further on': { q: 'lunch' },
});

/** Applies events to a projection, and answers how long that took, in seconds. */
const fill = async <Writers>(
  pool: pg.Pool,
  projection: Projection<Writers>,
  readModel: ReadModel<Writers>,
  facts: () => Iterable<Fact>,
): Promise<number> => {
  const generations = createPostgresGenerations({ pool, projection, readModel });
  await generations.prepare();
  const store = generations.open();
  await store.acquire();
  const startedAt = performance.now();
  let from = LOG_START;
  for (const events of batchesOf(facts(), BATCH)) {
    const to = events.at(-1)?.position as Position;
    await store.apply({ events, parked: [], from, to });
    from = to;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  await store.release();
  return seconds;
};

function* everything(count: number): Generator<Fact> {
  yield* conversationsStarted();
  yield* messagesSent(count);
}

const measure = async (work: () => Promise<unknown>): Promise<Float64Array> => {
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + REQUESTS; n += 1) {
    const startedAt = performance.now();
    await work();
    if (n >= WARM_UP) times.push(performance.now() - startedAt);
  }
  return Float64Array.from(times).sort();
};

const rowsOf = (name: string, times: Float64Array, target?: string): Row[] => [
  { metric: `${name}: p50`, value: percentile(times, 0.5), unit: 'ms' },
  { metric: `${name}: p99`, value: percentile(times, 0.99), unit: 'ms', ...(target && { target }) },
];

const SIZE = `select sum(pg_total_relation_size(c.oid))::float8 as bytes from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = $1 and c.relkind = 'r'`;

const sizeOf = async (pool: pg.Pool, schema: string): Promise<number> =>
  ((await pool.query<{ bytes: number }>(SIZE, [schema])).rows[0]?.bytes ?? 0) / MEBIBYTE;

/** Measures searches of a user in 100 conversations of a million messages together, beside 50 rows by their keys. */
export const run = async ({ messages: count = MESSAGES }: Sizes): Promise<Report> => {
  const { pool, drop } = await testDatabase();
  try {
    const messagesSeconds = await fill(pool, messagesProjection, messagesReadModel, () => everything(count));
    const searchSeconds = await fill(pool, searchProjection, searchReadModel, () => everything(count));
    await pool.query('vacuum analyze');
    const messages = createMessageViews(pool);
    const search = searchMessages(createConversationViews(pool), messages, createSearchViews(pool), {
      fetched: () => undefined, // nobody's deliveries are recorded here
    });
    const some = Array.from({ length: 50 }, (_, n) => messageNumber(1 + n * Math.floor(count / 50)));
    const rows: Row[] = [
      { metric: 'projection messages', value: count / messagesSeconds, unit: 'messages/s' },
      { metric: 'projection search', value: count / searchSeconds, unit: 'messages/s', target: 'at least 5,000' },
      { metric: 'tables of messages', value: await sizeOf(pool, 'messages'), unit: 'MiB' },
      { metric: 'tables of search', value: await sizeOf(pool, 'search'), unit: 'MiB' },
      ...rowsOf('50 messages by their ids', await measure(() => messages.findSome(some))),
    ];
    for (const [name, asked] of Object.entries(searchesIn(count))) {
      const query = { ...EVERYWHERE, limit: 50, ...asked };
      const first = await search(viewer, query);
      const cursor = name.endsWith('further on') ? (first.nextCursor ?? undefined) : undefined;
      process.stderr.write(`${name}: ${first.messages.length}${first.nextCursor ? ' and more' : ''}\n`);
      rows.push(...rowsOf(name, await measure(() => search(viewer, { ...query, cursor })), 'below 50'));
    }
    return { name: `(g) Searches in ${count.toLocaleString('en')} messages of 100 conversations`, rows };
  } finally {
    await drop();
  }
};
