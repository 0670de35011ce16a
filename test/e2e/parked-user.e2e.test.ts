import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { chatapp } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { logIn, signUp, PASSWORD, type SignedUp, type LoggedIn } from '../support/signed-up.js';
import { call, expectProblem } from '../support/call.js';

/** This parks the events of the stream as if an earlier one could not be applied: those behind it are parked too. */
const PARK_FIRST = `
  insert into projections.parked (projection, position, stream_id, event_id, type, reason)
  select 'users', position, stream_id, event_id, type, 'a test' from log.events where stream_id = $1 and revision = 0`;
/** After this the projection has to take its lease anew, and learns what is parked. */
const TAKE_LEASE_AWAY = `
  update projections.checkpoints
     set epoch = nextval('projections.epochs'), held_by = null, session = null, lease_until = null
   where name = 'users'`;

// An event of a user that could not be applied prevented the erasure from destroying the user's key, and kept the end
// of the user's sessions from the denylist of a server that started afterwards.
describe('a user of whom an event is parked', () => {
  let app: RunningApp;
  let pool: pg.Pool;
  let carl: SignedUp;
  let second: LoggedIn;

  before(async function () {
    this.timeout(120_000);
    app = await startApp();
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    carl = await signUp(app, 'carl');
    second = await logIn(app, carl);
    await me(app, second.accessToken); // This waits until the read model has all of that: what it has not would be parked, too.
    await pool.query(PARK_FIRST, [`user-${carl.userId}`]);
    await pool.query(PARK_FIRST, [`session-${second.sessionId}`]);
    await pool.query(TAKE_LEASE_AWAY);
  });
  after(async () => {
    await pool.end();
    await app.stop();
  });

  const parkedTypes = async () =>
    (
      await pool.query<{ type: string }>(
        `select type from projections.parked where reason <> 'a test' order by position`,
      )
    ).rows.map(({ type }) => type);
  const untilParked = (...types: string[]) =>
    eventually(parkedTypes, (found) => JSON.stringify(found) === JSON.stringify(types));
  const me = (target: RunningApp, token: string) => call(target, 'GET', '/user/v1/me', { token });
  const keyOf = async () =>
    (
      await pool.query<{ destroyed: boolean }>(
        'select wrapped is null and destroyed_at is not null as destroyed from security.person_keys where user_id = $1',
        [carl.userId],
      )
    ).rows;

  const env = () => ({
    DATABASE_URL: app.databaseUrl ?? '',
    JWT_SECRET: app.jwtSecret,
    MASTER_KEY: app.masterKey,
    DATA_DIR: app.dataDir,
  });

  it('is kept out once a session has ended, by a server too that starts afterwards', async function () {
    this.timeout(90_000);
    const third = await logIn(app, carl);
    await call(app, 'POST', '/user/v1/logout', { token: second.accessToken, json: { scope: 'session' } });
    await untilParked('SessionEnded');
    const other = await startApp({ beside: app });
    try {
      expectProblem(await me(other, second.accessToken), 401, 'session_ended');
      await call(app, 'POST', '/user/v1/logout', { token: third.accessToken, json: { scope: 'all' } });
      await untilParked('SessionEnded', 'SessionsEnded');
    } finally {
      await other.stop();
    }
    const later = await startApp({ beside: app });
    try {
      expectProblem(await me(later, third.accessToken), 401, 'session_ended');
      expectProblem(await me(later, carl.accessToken), 401, 'session_ended');
    } finally {
      await later.stop();
    }
  });

  it('has their key destroyed when they are erased, and no rebuild brings it back', async function () {
    this.timeout(90_000);
    const { accessToken } = await logIn(app, carl);
    const erased = await call(app, 'DELETE', '/user/v1/me', { token: accessToken, json: { password: PASSWORD } });
    expect(erased.status, erased.text).to.equal(202);
    await eventually(keyOf, (rows) => rows[0]?.destroyed === true);
    await untilParked('SessionEnded', 'SessionsEnded', 'SessionsEnded', 'UserErased');
    const rebuilt = await chatapp(env(), 'projections', 'rebuild', 'users');
    expect(rebuilt.code, rebuilt.err).to.equal(0);
    expect(await keyOf()).to.deep.equal([{ destroyed: true }]);
    const { rows } = await pool.query('select username, email from users.people where user_id = $1', [carl.userId]);
    expect(rows).to.deep.equal([{ username: 'erased', email: '' }]);
  });

  it('shows in doctor and at /readyz while a key is not destroyed, and does no more when it is', async function () {
    this.timeout(90_000);
    const dora = await signUp(app, 'dora');
    const held = await pool.connect();
    try {
      await held.query('begin; lock table security.erasures in share mode');
      await call(app, 'DELETE', '/user/v1/me', { token: dora.accessToken, json: { password: PASSWORD } });
      const report = await eventually(
        async () =>
          (await fetch(`${app.url}/readyz`)).json() as Promise<{ checks: Record<string, { detail?: string }> }>,
        ({ checks }) => /^[1-9]\d* events? /.test(checks['key destruction']?.detail ?? ''),
      );
      expect(report.checks).to.have.property('key destruction');
      const doctor = await chatapp(env(), 'doctor');
      expect(doctor.code).to.equal(1);
      expect(doctor.out).to.match(/failure +erasures +the keys of 1 erased users are not destroyed yet/);
    } finally {
      await held.query('rollback');
      held.release();
    }
    await eventually(
      async () =>
        (await pool.query('select from security.person_keys where user_id = $1 and wrapped is null', [dora.userId]))
          .rowCount,
      (count) => count === 1,
    );
  });
});
