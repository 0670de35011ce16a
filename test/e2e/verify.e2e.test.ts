import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';

interface Found {
  readonly check: string;
  readonly status: string;
  readonly detail: string;
  readonly advice?: string;
}

// Read models lacked hundreds of messages for ever: nothing was parked, there was no lag, and nothing reported it.
describe('read models that are not as the log has them', () => {
  let app: RunningApp;
  let pool: pg.Pool;
  let ada: SignedUp;
  let bob: SignedUp;

  before(async function () {
    this.timeout(120_000);
    app = await startApp();
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
    await eventually(
      async () => (await pool.query('select from mail.outbox where sent_at is not null')).rowCount,
      (count) => count === 2,
    );
  });
  after(async () => {
    await pool.end();
    await app.stop();
  });

  const run = (...args: string[]) =>
    chatappHere(
      {
        DATABASE_URL: app.databaseUrl ?? '',
        JWT_SECRET: app.jwtSecret,
        MASTER_KEY: app.masterKey,
        DATA_DIR: app.dataDir,
      },
      ...args,
    );
  const verify = () => run('projections', 'verify');
  const doctor = async () => {
    const { code, out, err } = await run('doctor', '--json');
    const { findings } = JSON.parse(out) as { findings: Found[] };
    return { code, err, found: findings.find(({ check }) => check === 'read models') };
  };
  const repair = async (verb: string, name: string) => {
    const { code, err } = await run('projections', verb, name);
    expect(code, err).to.equal(0);
  };
  const expectRight = async () => {
    const { code, out, err } = await verify();
    expect(code, out + err).to.equal(0);
    for (const name of ['users', 'messages', 'media', 'search', 'mail'])
      expect(out).to.include(`${name} is as the log has it, up to position `);
    const quick = await doctor();
    expect(quick.found).to.include({ status: 'ok' });
    expect(quick.code, quick.err).to.equal(0);
  };
  const tamper = async (statement: string, ...values: string[]) => {
    expect((await pool.query(statement, values)).rowCount).to.equal(1);
  };
  const sent = async (text: string) => {
    const message = await send(app, ada, { recipientId: bob.userId, text });
    await eventually(
      async () =>
        (await pool.query('select from messages.messages where message_id = $1', [message.messageId])).rowCount,
      (count) => count === 1,
    );
    return message;
  };
  const mailTo = async ({ userId }: SignedUp) =>
    (
      await pool.query<{ event_id: string; attempts: number; last_error: string | null }>(
        'select event_id, attempts, last_error from mail.outbox where user_id = $1',
        [userId],
      )
    ).rows;

  it('are found by rows that are gone, each with what brings it back', async function () {
    this.timeout(120_000);
    await sent('first');
    await expectRight();
    const { messageId } = await sent('lost');
    const [mail] = await mailTo(bob);
    await tamper('delete from messages.messages where message_id = $1', messageId);
    await tamper('delete from users.people where user_id = $1', bob.userId);
    await tamper('delete from mail.outbox where user_id = $1', bob.userId);

    const { code, out } = await verify();
    expect(code).to.equal(1);
    for (const lines of [
      `users is not as the log has it: people with user_id ${bob.userId} is missing\n  to repair it: chatapp projections rebuild users\n`,
      `messages is not as the log has it: messages with message_id ${messageId} is missing\n  to repair it: chatapp projections rebuild messages\n`,
      `mail is not as the log has it: outbox with event_id ${mail?.event_id} is missing\n  to repair it: chatapp projections redrive mail\n`,
    ])
      expect(out).to.include(lines);

    const quick = await doctor();
    expect([quick.code, quick.err]).to.deep.equal([1, 'chatapp: not all is well: read models\n']);
    expect(quick.found).to.deep.equal({
      check: 'read models',
      status: 'failure',
      detail: [
        `users: user ${bob.userId} is missing (1 difference)`,
        `messages: message ${messageId} is missing (2 differences)`,
        `mail: mail ${mail?.event_id} is missing (1 difference)`,
      ].join(', '),
      advice:
        'compare all with chatapp projections verify, then repair with ' +
        'chatapp projections rebuild users, chatapp projections rebuild messages, chatapp projections redrive mail',
    });

    await repair('rebuild', 'users');
    await repair('rebuild', 'messages');
    await repair('redrive', 'mail');
    await expectRight();
    // The mail is not sent again, because its link was used.
    expect(await mailTo(bob)).to.deep.equal([
      { event_id: mail?.event_id, attempts: 0, last_error: 'not sent: its link was used' },
    ]);
  });

  it('are found by rows that are others, each with what makes them right', async function () {
    this.timeout(120_000);
    const { conversationId, messageId } = await sent('another');
    const before = await mailTo(ada);
    await tamper(
      'update messages.members set active = false where conversation_id = $1 and user_id = $2',
      conversationId,
      bob.userId,
    );
    await tamper('update messages.messages set seq = 1000 where message_id = $1', messageId);
    await tamper(`update users.people set roles = '{admin}' where user_id = $1`, bob.userId);
    await tamper('update mail.outbox set user_id = $2 where user_id = $1', ada.userId, bob.userId);

    const { code, out } = await verify();
    expect(code).to.equal(1);
    for (const line of [
      `users is not as the log has it: people with user_id ${bob.userId} is different in roles\n`,
      `messages is not as the log has it: members with conversation_id ${conversationId}, user_id ${bob.userId} is different in active\n`,
      `mail is not as the log has it: outbox with event_id `,
    ])
      expect(out).to.include(line);

    const text = await run('doctor');
    expect(text.code).to.equal(1);
    expect(text.out)
      .to.match(/failure +read models +messages: /)
      .and.to.include(`mail: mail ${before[0]?.event_id} is not as it was asked for`)
      .and.to.include('then repair with chatapp projections rebuild messages, chatapp projections redrive mail');

    await repair('rebuild', 'users');
    await repair('rebuild', 'messages');
    await repair('redrive', 'mail');
    await expectRight();
    expect(await mailTo(ada), 'sent once').to.deep.equal(before);
  });
});
