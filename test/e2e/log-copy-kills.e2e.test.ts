import { expect } from 'chai';
import { EventHash } from '../../src/infrastructure/moving/event-hash.js';
import { kurrentDbLog } from '../../src/infrastructure/moving/kurrentdb-log.js';
import type { MovedLog } from '../../src/infrastructure/moving/moved-log.js';
import { postgresLog } from '../../src/infrastructure/moving/postgres-log.js';
import { prepareMails } from '../../src/infrastructure/moving/prepare-mails.js';
import { launchChatapp } from '../support/cli.js';
import { userNumber } from '../support/ids.js';
import { KurrentDbDouble } from '../support/kurrentdb-double/kurrentdb-double.js';
import { contentOf, fill, keptOf, named } from '../support/moved-logs.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

const LONG_MS = 600_000;
const QUIET = { warn: () => undefined, error: () => undefined };
const MESSAGES = 300;
/** So many come while a copy is made. */
const MORE = 10;
const USERS = 40;
/** So often a copy is killed at least before it is whole, and tried at most. */
const [KILLED, TRIED] = [4, 30];

const RING = `insert into security.key_ring (name, wrapped, master_key) values ('names', '\\x00ff', 'first')`;
const KEYS = `
  insert into security.person_keys (user_id, wrapped, master_key, destroyed_at)
  select id::uuid, case when n % 5 > 0 then sha256(id::bytea) end, 'first', case when n % 5 = 0 then now() end
    from unnest($1::text[]) with ordinality as u (id, n)`;
const MAILS = `
  insert into mail.outbox (event_id, kind, user_id, ticket_id, expires_at, position, sent_at)
  select e.event_id, 'verify', e.event_id, e.event_id, now(), e.position, now() from log.events e where position % 7 = 0`;
const MAIL_HEAD = `update projections.checkpoints set position = (select max(position) from log.events) where name = 'mail'`;

const ALL_KEYS = 'select user_id, wrapped, master_key, destroyed_at from security.person_keys order by user_id';
const ALL_RING = 'select name, wrapped, master_key from security.key_ring order by name';
const ALL_MAILS =
  'select event_id, kind, user_id, ticket_id, expires_at, attempts, sent_at from mail.outbox order by event_id';

describe('A copy of a log whose process is killed', function () {
  this.timeout(LONG_MS);
  let source: TestDatabase;
  let messages = 0;
  let double: KurrentDbDouble;
  const databases: TestDatabase[] = [];
  const logs: MovedLog[] = [];
  const newDatabase = async (): Promise<TestDatabase> => {
    const database = await testDatabase();
    databases.push(database);
    return database;
  };

  const grow = async (count: number): Promise<void> => {
    await fill(postgresLog(source.pool, 'the source'), count, messages);
    messages += count;
  };

  before(async () => {
    source = await newDatabase();
    double = await new KurrentDbDouble().start();
    await prepareMails(source.pool);
    await grow(MESSAGES);
    await source.pool.query(RING);
    await source.pool.query(KEYS, [Array.from({ length: USERS }, (_, n) => userNumber(n + 1))]);
    await source.pool.query(MAILS);
    await source.pool.query(MAIL_HEAD);
  });
  after(async () => {
    for (const log of logs) await log.close();
    double.stop();
    for (const { drop } of databases) await drop();
  });

  const targets = {
    'another database': async () => {
      const { url, pool } = await newDatabase();
      return { log: postgresLog(pool, 'the copy'), pool, args: ['--to', url] };
    },
    'KurrentDB (the double)': async () => {
      const { url, pool } = await newDatabase();
      const log = await kurrentDbLog(double.url, 'the copy', QUIET);
      logs.push(log);
      return { log, pool, args: ['--to', double.url, '--keys-to', url] };
    },
  };

  for (const [name, open] of Object.entries(targets))
    it(`goes on each time, and is whole at the end: in ${name}`, async () => {
      const from = postgresLog(source.pool, 'the source');
      const { log, pool, args } = await open();
      const env = { DATABASE_URL: source.url };
      const launch = () => launchChatapp(env, 'log', 'copy', ...args, '--json');

      /** Kills a copy a random number of questions after it has appended for the first time. */
      const killOne = async (): Promise<void> => {
        const before = await log.head();
        const { child, ended } = await launch();
        const isRunning = () => child.exitCode === null && child.signalCode === null;
        for (let left = Math.random() * 20; isRunning() && left > 0;) if ((await log.head()) !== before) left -= 1;
        child.kill('SIGKILL');
        await ended;
      };

      let killed = 0;
      for (let tried = 0; killed < KILLED && tried < TRIED; tried += 1) {
        await Promise.all([killOne(), grow(MORE)]);
        if ((await contentOf(log)).length < (await contentOf(from)).length) killed += 1;
      }
      expect(killed, 'copies that were killed before they were whole').to.equal(KILLED);

      const { code, out, err } = await (await launch()).ended;
      expect(code, err).to.equal(0);
      const [theirs, ours] = [await contentOf(from), await contentOf(log)];
      expect(ours.map(keptOf)).to.deep.equal(theirs.map(keptOf));
      expect(named(ours), 'positions inside events').to.deep.equal(named(theirs)).and.not.to.include(undefined);
      const hash = new EventHash();
      for (const event of ours) hash.add(event);
      expect(JSON.parse(out)).to.deep.include({ events: ours.length, left: 0, keys: USERS, sha256: hash.digest() });
      for (const statement of [ALL_RING, ALL_KEYS, ALL_MAILS])
        expect((await pool.query(statement)).rows, statement).to.deep.equal((await source.pool.query(statement)).rows);
      const places = new Map(ours.map(({ eventId, position }) => [String(eventId), position]));
      const mails = await pool.query<{ event_id: string; position: string }>(
        'select event_id, position from mail.outbox',
      );
      expect(mails.rows.map(({ position }) => position)).to.deep.equal(
        mails.rows.map((row) => places.get(row.event_id)),
      );
    });
});
