import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { chatapp, chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { logIn, send, signUp, type SignedUp } from '../support/signed-up.js';
import { call, expectProblem } from '../support/call.js';
import { closeSockets, connect } from '../support/socket.js';

const REASON = ['--reason', 'Complaint 2026-17'];

describe('the command-line tool', () => {
  let app: RunningApp;
  let pool: pg.Pool;
  let ada: SignedUp;
  let bob: SignedUp;
  let env: Record<string, string>;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    env = {
      DATABASE_URL: app.databaseUrl ?? '',
      JWT_SECRET: app.jwtSecret,
      MASTER_KEY: app.masterKey,
      DATA_DIR: app.dataDir,
    };
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
  });
  afterEach(closeSockets);
  after(async () => {
    await pool.end();
    await app.stop();
  });

  const run = async (...args: string[]) => {
    const outcome = await chatappHere(env, ...args);
    expect(outcome.code, outcome.err).to.equal(0);
    return outcome.out;
  };
  const json = async (...args: string[]) => JSON.parse(await run(...args, '--json')) as Record<string, unknown>;

  it('explains itself, and what it was asked for wrongly', async () => {
    const { code, out } = await chatapp(env, '--help');
    expect(code).to.equal(0);
    expect(out).to.include('chatapp doctor').and.to.include('users');
    expect(await run('users', 'grant', '--help')).to.include('$ chatapp users grant ada auditor');
    const wrong = [['nonsense'], ['users', 'grant', 'ada'], ['log', 'tail', '--what']];
    for (const { code, out, err } of await Promise.all(wrong.map((args) => chatapp(env, ...args)))) {
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.match(/^error: .+\n\(add --help for help\)\n$/);
    }
  });

  it('says in one line what cannot be done', async () => {
    const failures: [string[], RegExp, Record<string, string>][] = [
      [['users', 'grant', 'nobody', 'admin'], /there is nobody called nobody/, {}],
      [['users', 'grant', 'ada', 'king'], /there is no role king: take one of auditor, admin/, {}],
      [['users', 'erase', 'ada'], /cannot be undone: say it again with --yes/, {}],
      [['users', 'list', '--limit', '0', ...REASON], /--limit takes a whole number/, {}],
      [['users', 'grant', 'ada', 'admin', '--reason', ' '], /say with --reason why/, {}],
      [['projections', 'rebuild', 'mail'], /cannot be rebuilt/, {}],
      [
        ['projections', 'redrive', 'what'],
        /there is no projection what: take one of users, messages, media, search, audit_index, mail/,
        {},
      ],
      [['log', 'stats'], /ECONNREFUSED/, { DATABASE_URL: 'postgres://chat@127.0.0.1:9/none' }],
      [['log', 'stats'], /MASTER_KEY is not the one/, { MASTER_KEY: 'another key of more than thirty-two characters' }],
      [
        ['log', 'stats'],
        /there is no database under .*: start the server once/,
        { DATABASE_URL: '', DATA_DIR: '/nowhere' },
      ],
    ];
    for (const [args, expected, changes] of failures) {
      const { code, out, err } = await chatappHere({ ...env, ...changes }, ...args);
      expect([code, out], args.join(' ')).to.deep.equal([1, '']);
      expect(err)
        .to.match(expected)
        .and.to.match(/^chatapp: [^\n]+\n$/);
    }
  });

  describe('users', () => {
    it('are listed, all or those who are looked for', async () => {
      expect(await run('users', 'list', ...REASON))
        .to.match(/username +name +e-mail/)
        .and.to.include('2 users');
      const { users } = await json('users', 'list', '--query', 'ADA@ex', ...REASON);
      expect(users).to.have.length(1);
      expect((users as object[])[0]).to.include({ username: 'ada', email: ada.email, emailVerified: true });
    });

    it('are granted roles, which work at once, and are gone with the next request', async () => {
      const roles = () => call(app, 'GET', `/user/v1/users/${bob.userId}/roles`, { token: ada.accessToken });
      expectProblem(await roles(), 403, 'forbidden');
      expect(await run('users', 'grant', ada.email, 'admin')).to.equal(`${ada.email} is admin\n`);
      expect((await roles()).body).to.deep.equal({ roles: [] });
      const path = `/user/v1/users/${bob.userId}/roles/auditor`;
      expect((await call(app, 'PUT', path, { token: ada.accessToken })).status).to.equal(204);
      expect((await roles()).body).to.deep.equal({ roles: ['auditor'] });
      expectProblem(await call(app, 'PUT', path, { token: bob.accessToken }), 403, 'forbidden');
      const { position } = await json('users', 'revoke', 'ada', 'admin');
      expectProblem(await roles(), 403, 'forbidden');
      const { rows } = await pool.query<{ type: string }>('select type from log.events where position = $1', [
        position,
      ]);
      expect(rows).to.deep.equal([{ type: 'RoleRevoked' }]);
    });

    it('have their sessions ended, on a server that runs', async () => {
      const session = await logIn(app, bob);
      const socket = await connect(app, session.accessToken);
      await socket.next('ready');
      await run('users', 'end-sessions', 'bob');
      expect(await socket.closed).to.equal(4401);
      expectProblem(await call(app, 'GET', '/user/v1/me', { token: session.accessToken }), 401, 'session_ended');
      bob = { ...bob, ...(await logIn(app, bob)) };
    });

    it('are erased', async () => {
      const carl = await signUp(app, 'carl');
      await run('users', 'erase', 'carl', '--yes');
      await eventually(
        () => call(app, 'GET', '/user/v1/me', { token: carl.accessToken }),
        ({ status }) => status === 401,
      );
      await eventually(
        () => json('users', 'list', '--query', 'carl', ...REASON),
        ({ users }) => (users as object[]).length === 0,
      );
    });

    it('are erased by an admin over HTTP, and by nobody else', async () => {
      const dora = await signUp(app, 'dora');
      const path = `/user/v1/users/${dora.userId}`;
      expectProblem(await call(app, 'DELETE', path, { token: bob.accessToken }), 403, 'forbidden');
      await run('users', 'grant', 'ada', 'admin');
      expect((await call(app, 'DELETE', path, { token: ada.accessToken })).status).to.equal(202);
      expectProblem(await call(app, 'GET', '/user/v1/me', { token: dora.accessToken }), 401, 'session_ended');
    });
  });

  describe('the log', () => {
    it('is shown from its end, by type and by stream', async () => {
      const { messageId } = await send(app, ada, { recipientId: bob.userId, text: 'seen by who runs it' });
      const { events } = await json('log', 'tail', '--limit', '1', '--type', 'MessageSent', ...REASON);
      expect((events as { data: object }[])[0]?.data).to.include({ messageId, text: 'seen by who runs it' });
      const own = await json('log', 'tail', '--stream', `message-${messageId}`, ...REASON);
      expect(own['events']).to.have.length(1);
      expect(await run('log', 'tail', '--limit', '3', ...REASON)).to.match(/^position +time +type/);
    });

    it('is counted', async () => {
      const stats = await json('log', 'stats');
      const { rows } = await pool.query<{ count: string }>('select count(*) from log.events');
      expect(String(stats['events'])).to.equal(rows[0]?.count);
      expect(stats['types']).to.deep.include.members([]);
      expect(await run('log', 'stats')).to.match(/\d+ events in \d+ streams, [\d.]+ MiB, head at \d+/);
    });
  });

  describe('projections', () => {
    const parkOne = async (projection: string, type: string) => {
      await pool.query(
        `insert into projections.parked (projection, position, stream_id, event_id, type, reason)
         select $1, position, stream_id, event_id, type, 'for a test' from log.events where type = $2
          order by position desc limit 1`,
        [projection, type],
      );
    };

    it('are listed, with what they lag behind and who is at work', async () => {
      const { projections } = await json('projections', 'list');
      expect(
        (projections as { name: string; running: boolean }[]).map(({ name, running }) => [name, running]),
      ).to.deep.equal([
        ['audit_index', true],
        ['mail', true],
        ['media', true],
        ['messages', true],
        ['search', true],
        ['users', true],
      ]);
    });

    it('are rebuilt beside a running server, which goes on with the new one', async () => {
      const before = await send(app, ada, { recipientId: bob.userId, text: 'before' });
      await run('projections', 'rebuild', 'messages');
      const after = await send(app, bob, { recipientId: ada.userId, text: 'after' });
      const answer = await eventually(
        () =>
          call(app, 'GET', `/message/v1/history?conversationId=${before.conversationId}`, {
            token: ada.accessToken,
            headers: { 'x-min-position': after.position },
          }),
        ({ status }) => status === 200,
      );
      const texts = (answer.body['messages'] as { text: string }[]).map(({ text }) => text);
      expect(texts.slice(-2)).to.deep.equal(['before', 'after']);
    });

    it('are summed up, and have the same sums once they are rebuilt', async () => {
      const sums = async () => {
        const { checksums } = await json('projections', 'checksum', 'messages');
        return (checksums as { position: string; rows: number; sha256: string }[])[0];
      };
      const { position } = await send(app, ada, { recipientId: bob.userId, text: 'summed up' });
      const isThere = (sum: Awaited<ReturnType<typeof sums>>) => sum?.position === position;
      const before = await eventually(sums, isThere);
      await run('projections', 'rebuild', 'messages');
      expect(await run('projections', 'checksum', 'messages')).to.include(`messages: ${before?.sha256 ?? ''}`);
      // It stands behind the rebuild, which is an event itself, and may not have come to its end.
      expect({ ...(await sums()), position, behind: 0 }).to.deep.equal(before);
    });

    it('apply what was parked, once its cause is gone, beside a running server', async () => {
      await pool.query(`update users.people set display_name = 'not applied' where user_id = $1`, [bob.userId]);
      await call(app, 'PATCH', '/user/v1/me', { token: bob.accessToken, json: { displayName: 'Robert' } });
      await pool.query(`update users.people set display_name = 'not applied' where user_id = $1`, [bob.userId]);
      await parkOne('users', 'ProfileChanged');
      expect(await run('projections', 'parked', 'users'))
        .to.include('ProfileChanged')
        .and.to.include('for a test');
      expect(await run('projections', 'redrive', 'users')).to.equal('1 event applied, 0 still parked\n');
      expect(await run('projections', 'parked')).to.equal('nothing is parked\n');
      const name = async () => (await call(app, 'GET', '/user/v1/me', { token: bob.accessToken })).body['displayName'];
      expect(await name()).to.equal('Robert');
      await eventually(
        () => call(app, 'PATCH', '/user/v1/me', { token: bob.accessToken, json: { displayName: 'Bob' } }),
        ({ status }) => status === 200,
      );
      expect(await name()).to.equal('Bob');
    });

    it('keep parked what fails again, and what comes behind it in its stream', async () => {
      await pool.query(`alter table users.people add constraint no_more check (display_name <> 'Poison') not valid`);
      await call(app, 'PATCH', '/user/v1/me', { token: bob.accessToken, json: { displayName: 'Poison' } });
      const parked = () => json('projections', 'parked', 'users');
      await eventually(parked, ({ parked: rows }) => (rows as object[]).length === 1);
      expect(await run('projections', 'redrive', 'users')).to.equal('0 events applied, 1 still parked\n');
      await pool.query('alter table users.people drop constraint no_more');
      expect(await run('projections', 'redrive', 'users')).to.equal('1 event applied, 0 still parked\n');
    });

    it('of messages are redriven by a rebuild, so that ordinals stay those of the log', async () => {
      await parkOne('messages', 'MessageSent');
      const count = async () =>
        (await pool.query<{ count: string }>('select count(*) from messages.messages')).rows[0]?.count;
      const before = await count();
      expect(await run('projections', 'redrive', 'messages')).to.equal('1 event applied, 0 still parked\n');
      expect(await count()).to.equal(before);
    });
  });

  // This comes last, because the server above does not know the new key.
  describe('the master key', () => {
    it('wraps every key anew with a new master key, beside a running server', async () => {
      const changed = {
        ...env,
        MASTER_KEY: 'a new master key of more than 32 characters',
        MASTER_KEY_PREVIOUS: app.masterKey,
      };
      const doctor = await chatapp(changed, 'doctor');
      expect(doctor.out).to.match(/warning +log .*run chatapp keys rotate/);
      const { code, out, err } = await chatapp(changed, 'keys', 'rotate');
      expect(code, err).to.equal(0);
      expect(out).to.match(/^\d+ keys wrapped anew, by master key \S+\n$/);
      const { MASTER_KEY_PREVIOUS: _, ...only } = changed;
      const stats = await chatapp(only, 'log', 'tail', '--type', 'MessageSent', '--limit', '1', '--json', ...REASON);
      expect(stats.code, stats.err).to.equal(0);
      expect(stats.out).not.to.include('"erased"');
      const old = await chatapp(env, 'log', 'tail', ...REASON);
      expect(old.err).to.include('MASTER_KEY is not the one');
    });

    it('examines everything a server stands on', async function () {
      this.timeout(180_000);
      const master = { MASTER_KEY: 'a new master key of more than 32 characters' };
      const examined = async () => {
        const { code, out, err } = await chatapp({ ...env, ...master }, 'doctor', '--json');
        expect(code, out + err).to.equal(0);
        const { findings } = JSON.parse(out) as { findings: { check: string; status: string }[] };
        return findings.map(({ check, status }) => [check, status]);
      };
      // What is left of erased users in the files of the database is removed within a minute.
      const findings = await eventually(examined, (found) => found.every(([, status]) => status === 'ok'), 120_000);
      const basics = ['Node', 'configuration', 'secrets', 'disk', 'mail'];
      const parts = ['database', 'clock', 'log', 'messages', 'projections', 'read models', 'media'];
      const checks = [...basics, ...parts, 'audit tree', 'audit witnesses', 'erasures'];
      expect(findings).to.deep.equal(checks.map((check) => [check, 'ok']));
      const wrong = await chatapp({ ...env, SMTP_URL: 'smtp://127.0.0.1:9', PORT: 'x' }, 'doctor');
      expect(wrong.code).to.equal(1);
      expect(wrong.out).to.match(/failure +configuration/);
    });
  });
});
