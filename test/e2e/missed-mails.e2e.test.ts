import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { PASSWORD, signUp } from '../support/signed-up.js';
import { call } from '../support/call.js';

// A subscription skipped events: some mails were asked for and never queued, and the queue cannot be rebuilt.
describe('mails that were passed over', () => {
  let app: RunningApp;
  let pool: pg.Pool;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    pool = new pg.Pool({ connectionString: app.databaseUrl });
  });
  after(async () => {
    await pool.end();
    await app.stop();
  });

  const register = async (username: string): Promise<string> => {
    const json = { username, email: `${username}@example.org`, password: PASSWORD };
    const answer = await call(app, 'POST', '/user/v1/register', { json });
    expect(answer.status, answer.text).to.equal(201);
    await app.mailedToken(json.email);
    return answer.body['userId'] as string;
  };
  const passOver = async (userId: string) => {
    await pool.query('delete from mail.outbox where user_id = $1', [userId]);
    await pool.query('delete from mail.recipients where user_id = $1', [userId]);
  };
  const queued = async () =>
    (
      await pool.query<{ user_id: string; mails: number }>(
        'select user_id, count(*)::integer as mails from mail.outbox group by user_id order by user_id',
      )
    ).rows;

  it('are queued at the next start, once, whichever nodes start; not those whose link is of no use any more', async function () {
    this.timeout(150_000);
    const missed = await register('missed');
    const superseded = await register('superseded');
    await call(app, 'POST', '/user/v1/verify-email/resend', { json: { email: 'superseded@example.org' } });
    const used = (await signUp(app, 'used')).userId;
    await eventually(queued, (rows) => rows.reduce((sum, { mails }) => sum + mails, 0) === 4);
    for (const userId of [missed, superseded, used]) await passOver(userId);
    await pool.query(`update projections.checkpoints set version = 1 where name = 'mail'`);

    const nodes = await Promise.all([startApp({ beside: app }), startApp({ beside: app })]);
    try {
      const rows = await eventually(queued, ({ length }) => length === 2);
      expect(rows).to.deep.equal([missed, superseded].sort().map((user_id) => ({ user_id, mails: 1 })));
      await eventually(
        async () => (await pool.query('select from mail.outbox where sent_at is null')).rowCount,
        (count) => count === 0,
      );
      expect(await queued()).to.deep.equal(rows);
      const { rows: versions } = await pool.query(`select version from projections.checkpoints where name = 'mail'`);
      expect(versions).to.deep.equal([{ version: 2 }]);
    } finally {
      for (const node of nodes) await node.stop();
    }
  });
});
