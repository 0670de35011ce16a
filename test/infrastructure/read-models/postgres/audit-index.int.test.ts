import { expect } from 'chai';
import type pg from 'pg';
import { countEvents } from '../../../../src/application/audit/count-events.js';
import type { EventCriteria } from '../../../../src/application/ports/audit-index.js';
import type { Instant, Position } from '../../../../src/domain/kernel/ids.js';
import { createAuditIndex } from '../../../../src/infrastructure/read-models/postgres/audit-index.js';
import * as past from '../../../../src/infrastructure/read-models/postgres/past-index.sql.js';
import * as sql from '../../../../src/infrastructure/read-models/postgres/audit-index.sql.js';
import { describePastIndex } from '../../../contracts/past-index.js';
import { describeAuditIndex } from '../../../contracts/audit-index.js';
import { ada, at, bob, conversationNumber, messageNumber } from '../../../support/ids.js';
import { openPostgresIndex } from '../../../support/index-under-test.js';

describe('The index of events in PostgreSQL', () => describeAuditIndex(() => openPostgresIndex()));

describe('The index of the past in PostgreSQL', () => {
  describePastIndex(() => openPostgresIndex());

  it('says what it has left out, up to a position', async () => {
    const { database, past: index, close } = await openPostgresIndex();
    const parked = [7, 3, 9, 5].map((position) => database.pool.query(PARK, ['audit_index', position]));
    await Promise.all([...parked, database.pool.query(PARK, ['users', 4])]);
    expect(await index.leftOut('7' as Position, 9)).to.deep.equal(['3', '5', '7']);
    expect(await index.leftOut('9' as Position, 2)).to.deep.equal(['3', '5']);
    await close();
  });
});

const PARK = `
  insert into projections.parked (projection, position, stream_id, event_id, type, reason)
  values ($1, $2, 'message-1', gen_random_uuid(), 'MessageEdited', 'a test')`;
const COUNTED = `insert into audit_index.times values ('day', '2026-01-31 00:00:00Z', 'MessageSent', 1, 1, 1)`;
const REACHED = `update projections.checkpoints set position = 1 where name = 'audit_index'`;
/** The index takes another event. */
const GROWS = `
  with counted as (update audit_index.times set events = events + 1, last_position = last_position + 1)
  update projections.checkpoints set position = position + 1 where name = 'audit_index'`;

// The position was asked for before the counts: an event that the index took in between was counted, and stood behind it.
describe('The counts of events in PostgreSQL', () => {
  it('are those up to the position that is named with them, while the index goes on', async () => {
    const { database, close } = await openPostgresIndex();
    const { pool } = database;
    for (const statement of [COUNTED, REACHED]) await pool.query(statement);
    const query = async (asked: pg.QueryConfig) => {
      const answer = await pool.query(asked);
      await pool.query(GROWS);
      return answer;
    };
    const count = countEvents(createAuditIndex({ query } as unknown as pg.Pool));
    for (const position of [1, 2]) {
      const found = await count({ bucket: 'day' });
      expect([found.counts.map(({ events }) => events), found.position]).to.deep.equal([[position], String(position)]);
    }
    await close();
  });
});

const EVENTS = 30_000;

/** Makes many events of few users, conversations and types. */
const FILL = `
  insert into audit_index.events (position, type, stream_id, actor_id, conversation_id, recorded_at)
  select n, (array['MessageSent', 'MessageRead', 'MessageEdited'])[1 + n % 3], 'message-' || md5((n / 3)::text)::uuid,
         md5('user' || n % 50)::uuid, md5('conversation' || least(n % 20, 10))::uuid, timestamptz '2026-01-01 00:00:00Z' + n * interval '1 second'
    from generate_series(1, $1::int) n`;
const FILL_USERS = `insert into audit_index.users select actor_id, position from audit_index.events`;
const FILL_TIMES = `
  insert into audit_index.times
  select bucket, date_trunc(bucket, recorded_at, 'UTC'), coalesce(type, '*'), count(*), min(position), max(position)
    from audit_index.events cross join (values ('minute'), ('hour'), ('day')) as b (bucket)
   group by grouping sets ((1, 2, type), (1, 2))`;

describe('The questions to the index of events in PostgreSQL', () => {
  let opened: Awaited<ReturnType<typeof openPostgresIndex>>;
  const WHOLE = { after: '0' as Position, upTo: String(EVENTS) as Position };

  before(async () => {
    opened = await openPostgresIndex();
    const { pool } = opened.database;
    await pool.query(FILL, [EVENTS]);
    await pool.query(FILL_USERS);
    await pool.query(FILL_TIMES);
    await pool.query('vacuum analyze audit_index.events, audit_index.users, audit_index.times');
    await pool.query(`update projections.checkpoints set position = $1 where name = 'audit_index'`, [EVENTS]);
  });
  after(() => opened.close());

  const planOf = async (text: string, values: readonly unknown[]): Promise<string[]> => {
    const { rows } = await opened.database.pool.query<{ 'QUERY PLAN': string }>(`explain ${text}`, [...values]);
    return rows.map(({ 'QUERY PLAN': line }) => line);
  };

  /** Answers every table that a question reads as a whole. */
  const scanned = async (text: string, values: readonly unknown[]): Promise<string[]> =>
    (await planOf(text, values)).flatMap((line) => /Seq Scan on (\w+)/.exec(line)?.[1] ?? []);

  const given: Readonly<Record<sql.Way, string>> = {
    streamId: `message-${messageNumber(1)}`,
    conversationId: conversationNumber(1),
    userId: ada,
    actorId: bob,
    type: 'MessageSent',
  };
  const asked = (ways: readonly sql.Way[], rows: number, times: readonly unknown[] = [null, null]) => {
    const bounds = ['100', String(EVENTS), rows, 50, ...times, '100', String(EVENTS)];
    return [sql.findBy(ways, times[0] !== null).text, [...bounds, ...ways.map((way) => given[way])]] as const;
  };
  const COMBINED: readonly (readonly sql.Way[])[] = [[], ...sql.WAYS.map((way) => [way]), ['userId', 'type'], sql.WAYS];
  for (const ways of COMBINED)
    it(`read no table as a whole, by ${ways.join(' and ') || 'nothing'}`, async () => {
      for (const times of [
        [null, null],
        [at(0), at(1)],
      ])
        expect(await scanned(...asked(ways, 2_000, times))).to.deep.equal([]);
    });

  const INDEXES: Readonly<Record<sql.Way, string>> = {
    streamId: 'events_by_stream',
    conversationId: 'events_by_conversation',
    userId: 'users_pkey',
    actorId: 'events_by_actor',
    type: 'events_by_type',
  };
  const LISTED = /CTE list\d\n +-> +Limit.*\n +-> +Index (?:Only )?Scan using (\w+)/g;
  // Along all positions, a page of what is rare or stands close together looks at most of the log.
  for (const ways of COMBINED)
    it(`go along the indexes of what is looked for alone, by ${ways.join(' and ') || 'nothing'}`, async () => {
      const indexes = ways.length === 0 ? ['events_pkey'] : ways.map((way) => INDEXES[way]);
      const used = (plan: string) => [...plan.matchAll(LISTED)].map(([, index]) => index);
      const plan = (await planOf(...asked(ways, 50))).join('\n');
      expect(used(plan), plan).to.deep.equal(indexes);
      expect(plan).not.to.match(/Index Scan using events_by/);
      const timed = (await planOf(...asked(ways, 50, [at(0), at(1)]))).join('\n');
      expect(used(timed), timed).to.deep.equal(indexes);
    });

  // The messages of a conversation can stand close together, far from where it is looked from.
  it('go along the messages of a conversation, however many they are among all', async () => {
    const { rows } = await opened.database.pool.query<{ busy: string }>(`select md5('conversation10')::uuid as busy`);
    const plan = (await planOf(past.SENT.text, [rows[0]?.busy, String(EVENTS), 50])).join('\n');
    expect(plan)
      .to.include('using events_sent')
      .and.not.to.match(/Sort Key/);
  });

  it('read no table as a whole, by time', async () => {
    expect(await scanned(sql.LAST_BEFORE.text, [at(0), at(3_600), at(86_400)])).to.deep.equal([]);
    expect(await scanned(sql.WITHIN.text, Array<string>(6).fill(at(0)))).to.deep.equal([]);
    const counting = ['minute', 'MessageSent', at(0), at(3_600), null, null, 1_000];
    expect(await scanned(sql.COUNT.text, counting)).to.deep.equal([]);
  });

  it('read no table as a whole, as of a moment', async () => {
    const end = String(EVENTS);
    const asked = [
      [past.LAST_AT, [at(0), end]],
      [past.IN_STREAMS, [[`message-${messageNumber(1)}`], [`message-${messageNumber(2)}`], end, null]],
      [past.LAST_IN_STREAMS, [[`message-${messageNumber(1)}`], end]],
      [past.CONCERNING, [ada, conversationNumber(1), ['MessageSent'], '0', end]],
      [past.SENT, [conversationNumber(1), end, 50]],
      [past.COUNT_SENT, [conversationNumber(1), ['100', end]]],
      [past.LAST_SENT_BY, [conversationNumber(1), end]],
      [past.CONVERSATIONS_OF, [ada, [conversationNumber(1)], end, ['MemberAdded']]],
    ] as const;
    for (const [{ text }, values] of asked) expect(await scanned(text, values)).to.deep.equal([]);
  });

  it('find everything in bounded steps, each behind the last', async () => {
    const criteria: EventCriteria = { type: 'MessageSent', to: '2026-01-01T01:00:00.000Z' as never };
    const found: Position[] = [];
    let { after } = WHOLE;
    let steps = 0;
    for (; after !== WHOLE.upTo; steps += 1) {
      const { positions, lookedUpTo } = await opened.index.find(criteria, { ...WHOLE, after }, 500);
      expect(positions.length).to.be.at.most(500);
      found.push(...positions);
      after = lookedUpTo;
    }
    expect(found).to.have.length(1_199);
    expect(steps).to.be.within(3, 5);
  });

  it('find the first and the last of any time, of its minutes, hours and days', async () => {
    const start = Date.UTC(2026, 0, 1);
    const instant = (n: number | undefined) =>
      n === undefined ? undefined : (new Date(start + n * 1_000).toISOString() as Instant);
    const seconds = [undefined, -1, 59, 60, 61, 3_599, 3_600, 3_601, 7_260, 10_799, 14_450, EVENTS - 1, 90_000];
    for (const from of seconds)
      for (const to of seconds.filter((each) => each === undefined || each > (from ?? -2))) {
        const criteria: EventCriteria = { from: instant(from), to: instant(to) };
        const [first, last] = [Math.max(1, from ?? 1), Math.min(EVENTS, (to ?? Infinity) - 1)];
        const wanted = [first, first + 1].filter((n) => n <= last);
        const { positions } = await opened.index.find(criteria, WHOLE, 2);
        expect(positions.map(Number), `${from} to ${to}`).to.deep.equal(wanted);
        const behind = { after: String(Math.max(0, last - 1)) as Position, upTo: WHOLE.upTo };
        const end = await opened.index.find(criteria, behind, 9);
        expect(end, `the end of ${from} to ${to}`).to.deep.equal({
          positions: last >= first ? [String(last)] : [],
          lookedUpTo: WHOLE.upTo,
        });
      }
  });

  it('find what fits in several ways, wherever it stands in the lists of each', async () => {
    const { rows } = await opened.database.pool.query<{ busy: string; user: string }>(
      `select md5('conversation10')::uuid as busy, md5('user7')::uuid as user`,
    );
    const [{ busy, user }] = rows as [{ busy: string; user: string }];
    const criteria = { conversationId: busy, userId: user, type: 'MessageRead' } as EventCriteria;
    const found: Position[] = [];
    let { after } = WHOLE;
    let steps = 0;
    for (; after !== WHOLE.upTo; steps += 1) {
      const { positions, lookedUpTo } = await opened.index.find(criteria, { ...WHOLE, after }, 40);
      found.push(...positions);
      after = lookedUpTo;
    }
    const wanted = Array.from({ length: EVENTS }, (_, n) => n + 1).filter(
      (n) => n % 20 >= 10 && n % 50 === 7 && n % 3 === 1,
    );
    expect(found.map(Number)).to.deep.equal(wanted);
    expect(steps).to.equal(3);
  });

  it('look at a bounded number where few fit', async () => {
    const criteria: EventCriteria = { type: 'MessageSent', actorId: '00000000-0000-4000-8000-000000000000' as never };
    expect(await opened.index.find(criteria, WHOLE, 100)).to.deep.equal({ positions: [], lookedUpTo: WHOLE.upTo });
    const byType: EventCriteria = { type: 'MessageSent', streamId: undefined, userId: undefined, to: at(86_400 * 9) };
    const { positions, lookedUpTo } = await opened.index.find(byType, WHOLE, 500);
    expect(positions).to.have.length(500);
    expect(lookedUpTo).to.equal(positions.at(-1));
  });
});
