import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { KurrentDbDouble } from '../support/kurrentdb-double/kurrentdb-double.js';
import { postgresLog } from '../../src/infrastructure/moving/postgres-log.js';
import { fill } from '../support/moved-logs.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { logIn, send, signUp, type SignedUp } from '../support/signed-up.js';
import { untilReady } from '../support/until-ready.js';

const LONG_MS = 600_000;

interface Sums {
  readonly name: string;
  readonly rows: number;
  readonly sha256: string;
}

describe('A server on a copy of the log', function () {
  this.timeout(LONG_MS);
  let app: RunningApp;
  let double: KurrentDbDouble;
  let databases: TestDatabase[];
  let ada: SignedUp;
  let bob: SignedUp;
  let conversationId: string;
  let last: string;
  let env: Record<string, string>;

  before(async () => {
    app = await startApp();
    double = await new KurrentDbDouble().start();
    databases = [await testDatabase(), await testDatabase()];
    env = { DATABASE_URL: app.databaseUrl ?? '', JWT_SECRET: app.jwtSecret, MASTER_KEY: app.masterKey };
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
    const carl = await signUp(app, 'carl');
    await send(app, carl, { recipientId: bob.userId, text: 'words of one who is erased' });
    const erased = await chatappHere(env, 'users', 'erase', 'carl', '--yes');
    expect(erased.code, erased.err).to.equal(0);
    const sent = await send(app, ada, { recipientId: bob.userId, text: 'before the copy' });
    conversationId = sent.conversationId;
    const json = { messageId: sent.messageId };
    const read = await call(app, 'POST', '/message/v1/read', {
      token: bob.accessToken,
      json: { ...json, conversationId },
      headers: { 'x-min-position': sent.position },
    });
    expect(read.status, read.text).to.be.within(200, 204);
    last = (await send(app, bob, { recipientId: ada.userId, text: 'the last one' })).position;
  });
  after(async () => {
    await app.stop();
    double.stop();
    for (const { drop } of databases) await drop();
  });

  const sumsOf = async (settings: Record<string, string>, position: string): Promise<Sums[]> => {
    const { checksums } = await eventually(
      async () => {
        const { out, err, code } = await chatappHere({ ...env, ...settings }, 'projections', 'checksum', '--json');
        expect(code, err).to.equal(0);
        return JSON.parse(out) as { checksums: (Sums & { position: string })[] };
      },
      (all) => BigInt(all.checksums.find(({ name }) => name === 'messages')?.position ?? 0) >= BigInt(position),
    );
    return checksums.map(({ name, rows, sha256 }) => ({ name, rows, sha256 }));
  };

  /** Answers which mails were sent, and when. */
  const sentMails = async (settings: Record<string, string>): Promise<string> => {
    const statement = 'select event_id, sent_at from mail.outbox order by event_id';
    const { out, err, code } = await chatappHere({ ...env, ...settings }, 'psql', '-c', statement, '--json');
    expect(code, err).to.equal(0);
    expect(out).to.match(/\d\d:\d\d/);
    return out;
  };

  for (const [name, place] of [
    ['another database', () => ({ to: databases[0]?.url ?? '', database: databases[0]?.url, log: undefined })],
    ['KurrentDB (the double)', () => ({ to: double.url, database: databases[1]?.url, log: double.url })],
  ] as const)
    it(`has the same read models, goes on, and sends no mail again: in ${name}`, async () => {
      const { to, database = '', log } = place();
      const keys = log === undefined ? [] : ['--keys-to', database];
      const copied = await chatappHere(env, 'log', 'copy', '--to', to, ...keys, '--json');
      expect(copied.code, copied.err).to.equal(0);
      const { events, head, left } = JSON.parse(copied.out) as { events: number; head: string; left: number };
      expect([events > 15, left]).to.deep.equal([true, 0]);

      const { jwtSecret, masterKey } = app;
      const copy = await startApp({
        beside: { databaseUrl: database, jwtSecret, masterKey, ...(log !== undefined && { logUrl: log }) },
      });
      try {
        const settings = { DATABASE_URL: database, ...(log !== undefined && { KURRENTDB_URL: log }) };
        await untilReady(copy);
        expect(await sumsOf(settings, head)).to.deep.equal(await sumsOf({}, last));
        const session = await logIn(copy, bob);
        const history = await call(copy, 'GET', `/message/v1/history?conversationId=${conversationId}`, {
          token: session.accessToken,
        });
        expect(history.text).to.include('before the copy').and.to.include('the last one');
        const on = await send(copy, { ...bob, ...session }, { recipientId: ada.userId, text: 'it goes on' });
        expect(on.conversationId).to.equal(conversationId);
        expect(await readdir(join(copy.dataDir, 'mail')).catch(() => [])).to.deep.equal([]);
        expect(await sentMails(settings)).to.equal(await sentMails({}));
      } finally {
        await copy.stop();
      }
      const again = await chatappHere(env, 'log', 'copy', '--to', to, ...keys);
      expect(again.code).to.equal(1);
      expect(again.err).to.match(/a server has made read models/);
    });

  it('needs a database for the keys, and takes no log for another', async () => {
    const failures: [string[], RegExp][] = [
      [['--to', double.url], /say with --keys-to which database/],
      [['--to', app.databaseUrl ?? ''], /a log of its own/],
      [['--from', 'mongodb://127.0.0.1/none', '--to', app.databaseUrl ?? ''], /--keys-from|is no log/],
    ];
    for (const [args, expected] of failures) {
      const { code, err } = await chatappHere(env, 'log', 'copy', ...args);
      expect([code, err.split('\n').length]).to.deep.equal([1, 2]);
      expect(err).to.match(expected);
    }
  });

  it('is of no database that it is in itself, whatever the address, nor beside another copy', async () => {
    const same = new URL(app.databaseUrl ?? '');
    same.searchParams.set('application_name', 'another');
    const own = await chatappHere(env, 'log', 'copy', '--to', same.href);
    expect([own.code, own.err]).to.satisfy(() => own.err.includes('this is the one that is copied'));
    const [{ url, pool } = await testDatabase()] = databases;
    const holder = await pool.connect();
    try {
      await holder.query('select pg_advisory_lock(7226433)');
      const beside = await chatappHere(env, 'log', 'copy', '--to', url);
      expect([beside.code, beside.err]).to.satisfy(() => beside.err.includes('another copy is being made'));
    } finally {
      holder.release(true);
    }
  });

  it('leaves a database of an earlier version as it is', async () => {
    const older = await testDatabase();
    try {
      await fill(postgresLog(older.pool, 'an older log'), 1);
      const last = 'delete from chatapp_migrations where number = (select max(number) from chatapp_migrations)';
      const count = async () => (await older.pool.query('select from chatapp_migrations')).rowCount;
      await older.pool.query(last);
      const before = await count();
      const { code, err } = await chatappHere(env, 'log', 'copy', '--to', older.url);
      expect([code, err]).to.satisfy(() => err.includes('is one of an earlier version'));
      expect(await count()).to.equal(before);
    } finally {
      await older.drop();
    }
  });

  it('shows nothing of a password, whatever is in it', async () => {
    for (const url of ['x://me:one@two/three?four#five@host/db?password=six', 'x://host/db?password=one#two'])
      for (const args of [
        ['--to', url],
        ['--from', url, '--to', url],
        ['--to', double.url, '--keys-to', url],
      ]) {
        const { code, err } = await chatappHere(env, 'log', 'copy', ...args);
        expect([code, /me|one|two|three|four|five|six/.exec(err.replace('something', ''))?.[0]], err).to.deep.equal([
          1,
          undefined,
        ]);
      }
  });
});
