import { hostname, userInfo } from 'node:os';
import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors, toolEnvironment } from '../support/audit-calls.js';
import { chatapp, chatappHere, launchChatapp } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { maintenancesOf } from '../support/operating.js';
import { ownAuditsOf } from '../support/own-audits.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';

const WHY = ['--reason', 'Complaint 2026-17'];
const OPERATOR = { systemUser: userInfo().username, host: hostname(), authenticated: false };

interface Shown {
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly metadata: { readonly correlationId: string };
}

describe('what is done with the command-line tool', function () {
  this.timeout(240_000);
  let app: RunningApp;
  let pool: pg.Pool;
  let eva: SignedUp;
  let ada: SignedUp;
  let bob: SignedUp;
  let conversationId: string;

  before(async () => {
    app = await startApp();
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    [eva, ada, bob] = [await signUp(app, 'eva'), await signUp(app, 'ada'), await signUp(app, 'bob')];
    await makeAuditors(app, eva);
    expect(await chatappHere(toolEnvironment(app), 'users', 'grant', 'eva', 'operator')).to.include({ code: 0 });
    ({ conversationId } = await send(app, ada, { recipientId: bob.userId, text: 'between us' }));
  });
  after(async () => {
    await pool.end();
    await app.stop();
  });

  const run = (...args: string[]) => chatappHere(toolEnvironment(app), ...args);
  const done = async (...args: string[]) => {
    const { code, out, err } = await run(...args);
    expect(code, out + err).to.equal(0);
    return out;
  };
  const headOf = async () =>
    (await pool.query<{ head: string }>('select max(position)::text as head from log.events')).rows[0]?.head ?? '0';
  /** The events behind a position, as auditors are shown them. */
  const shownAfter = async (after: string) => {
    const { body } = await auditing(app, eva)('GET', `/events?after=${after}&limit=500`);
    return body['events'] as Shown[];
  };
  /** Does something, and answers what it has left in the log. */
  const leftBy = async (...args: string[]) => {
    const before = await headOf();
    await done(...args);
    return shownAfter(before);
  };

  type Change = readonly [args: string[], filter: () => object, comes: string[]];
  const changes: readonly Change[] = [
    [
      ['users', 'grant', 'bob', 'admin'],
      () => ({ userId: bob.userId, role: 'admin' }),
      ['UsersAudited', 'RoleGranted'],
    ],
    [
      ['users', 'revoke', 'bob', 'admin'],
      () => ({ userId: bob.userId, role: 'admin' }),
      ['UsersAudited', 'RoleRevoked'],
    ],
    [['users', 'end-sessions', 'bob'], () => ({ userId: bob.userId }), ['UsersAudited', 'SessionsEnded']],
    [['audit', 'resume'], () => ({}), []],
    [['audit', 'keys', 'rotate'], () => ({}), []],
  ];
  for (const [args, filterOf, comes] of changes)
    it(`is an event before it is done, with who, what and why: ${args.slice(0, 2).join(' ')}`, async () => {
      const left = await leftBy(...args, ...WHY);
      expect(left.map(({ type }) => type)).to.deep.equal(['ToolCommandStarted', ...comes, 'ToolCommandEnded']);
      const [started] = left;
      const command = ['chatapp', ...args].filter((each) => !['bob', 'admin'].includes(each)).join(' ');
      expect(started?.data).to.deep.include({
        ...{ auditorId: null, call: command, filter: filterOf(), operator: OPERATOR, reason: 'Complaint 2026-17' },
      });
      const ids = new Set(left.map(({ metadata }) => metadata.correlationId));
      expect(ids.size, 'they are found together').to.equal(1);
      expect(left.at(-1)?.data).to.deep.include({ end: 'complete' });
    });

  it('says that it was not done where it was refused', async () => {
    const before = await headOf();
    expect((await run('projections', 'resume', 'mail', ...WHY)).code).to.equal(1);
    const left = await shownAfter(before);
    expect(left.map(({ type, data }) => [type, data['end']])).to.deep.equal([
      ['ToolCommandStarted', undefined],
      ['ToolCommandEnded', 'failed'],
    ]);
  });

  type Look = readonly [args: () => string[], call: string, filter: () => object];
  const looks: readonly Look[] = [
    [() => ['users', 'list', '--query', 'ada@ex'], 'chatapp users list', () => ({})],
    [() => ['log', 'tail', '--type', 'MessageSent'], 'chatapp log tail', () => ({ type: 'MessageSent' })],
    [() => ['log', 'show', '--conversation', conversationId], 'chatapp log show', () => ({ conversationId })],
    [() => ['log', 'replay', '--user', 'ada', '--all'], 'chatapp log replay', () => ({ userId: ada.userId })],
    [() => ['audit', 'verify'], 'chatapp audit verify', () => ({ checkpoints: '0', keys: '0' })],
  ];
  for (const [argsOf, call, filterOf] of looks)
    it(`is recorded before it is shown: ${call}`, async () => {
      const left = await leftBy(...argsOf(), ...WHY);
      expect(left[0]?.type).to.equal('AuditAnswered');
      expect(left[0]?.data).to.deep.include({
        ...{
          auditorId: null,
          call,
          filter: filterOf(),
          operator: OPERATOR,
          reason: 'Complaint 2026-17',
          refusal: null,
        },
      });
      expect(left[0]?.data['results']).to.be.greaterThan(0);
    });

  it('is not shown without a reason where it is content', async () => {
    const before = await headOf();
    for (const args of [
      ['users', 'list'],
      ['log', 'tail'],
      ['log', 'tail', '--follow'],
      ['log', 'show', '--conversation', conversationId],
    ]) {
      const { code, out, err } = await run(...args);
      expect([code, out], args.join(' ')).to.deep.equal([1, '']);
      expect(err).to.include('say with --reason why');
    }
    expect(await headOf()).to.equal(before);
  });

  it('is told to the users whom it concerns', async () => {
    await done('users', 'revoke', 'eva', 'admin', ...WHY);
    await done('users', 'list', '--query', 'eva', ...WHY);
    const told = await ownAuditsOf(app, eva);
    const of = (call: string) => told.find((each) => each.call === call);
    expect(of('chatapp users revoke')).to.deep.include({ auditorId: null, reason: 'Complaint 2026-17' });
    expect(of('chatapp users list')).to.deep.include({ auditorId: null, reason: 'Complaint 2026-17' });
  });

  for (const [kind, args] of [
    ['verify', ['verify', 'users']],
    ['rebuild', ['rebuild', 'media']],
    ['redrive', ['redrive', 'users']],
    ['discard', ['cancel', 'media']],
  ] as const)
    it(`is seen by operators, as what they do over HTTP: projections ${args[0]}`, async () => {
      await done('projections', ...args, ...WHY);
      const [newest] = await maintenancesOf(app, eva, args[1]);
      expect(newest).to.deep.include({
        ...{ kind, startedBy: null, operator: OPERATOR, reason: 'Complaint 2026-17', end: 'complete' },
      });
    });

  it('needs no reason where no content is shown', async () => {
    const left = await leftBy('projections', 'verify', 'users');
    expect(left.map(({ type, data }) => [type, data['reason'] ?? null])).to.deep.equal([
      ['MaintenanceStarted', null],
      ['MaintenanceEnded', null],
    ]);
  });

  it('is recorded with its end where it follows the log', async () => {
    const { child, ended } = await launchChatapp(
      toolEnvironment(app),
      'log',
      'tail',
      '--follow',
      '--limit',
      '1',
      ...WHY,
    );
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const before = await headOf();
    await eventually(
      async () => printed,
      (text) => text !== '',
    );
    await send(app, ada, { recipientId: bob.userId, text: 'while it is followed' });
    await eventually(
      async () => printed,
      (text) => text.includes('MessageSent'),
    );
    child.kill('SIGINT');
    const { code, err } = await ended;
    expect(code, err).to.equal(0);
    const left = (await shownAfter(before)).filter(({ type }) => type.startsWith('AuditStream'));
    expect(left.at(-1)).to.deep.include({ type: 'AuditStreamEnded' });
    expect(left.at(-1)?.data).to.include({ end: 'client_left' });
  });

  const verify = async (env: Record<string, string>) => {
    const { code, out, err } = await chatappHere(env, 'audit', 'verify', '--json');
    expect(out, err).not.to.equal('');
    return { code, err, ...(JSON.parse(out) as { events: number; unrecorded: string | null; misfit: object | null }) };
  };

  it('leaves no record of a verification where the log can only be read, and says so', async () => {
    const url = new URL(app.databaseUrl ?? '');
    url.searchParams.set('options', '-c default_transaction_read_only=on');
    const env = { ...toolEnvironment(app), DATABASE_URL: url.href };
    const before = await headOf();
    const found = await verify(env);
    expect(found, found.err).to.include({ code: 0, misfit: null });
    expect(found.events).to.be.greaterThan(10);
    expect(found.unrecorded).to.match(/the log is out of reach/);
    const { out } = await chatapp(env, 'audit', 'verify');
    expect(out).to.match(/\nno record of this was left in the log: the log is out of reach/);
    expect(await headOf()).to.equal(before);
  });

  it('is an event where somebody is erased, also behind it', async () => {
    const carl = await signUp(app, 'carl');
    const left = await leftBy('users', 'erase', 'carl', '--yes', '--reason', 'Asked for by letter');
    const types = left.map(({ type }) => type);
    expect(types.indexOf('ToolCommandStarted')).to.be.lessThan(types.indexOf('UserErased'));
    expect(left[0]?.data).to.deep.include({ filter: { userId: carl.userId }, reason: 'Asked for by letter' });
  });

  // The next event takes the position behind the last one: it would stand in the place of what was cut off. This comes last.
  it('leaves a log that does not fit as it is, and says so', async () => {
    await pool.query('delete from log.events where position = 3');
    const before = await headOf();
    const found = await verify(toolEnvironment(app));
    expect(found.code).to.equal(3);
    expect(found.misfit).to.include({ what: 'missing', position: '3' });
    expect(found.unrecorded).to.equal('it does not fit, and is left as it is');
    expect(await headOf()).to.equal(before);
  });
});
