import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { masterKeyId } from '../../src/infrastructure/security/master-keys.js';
import { startApp, type RunningApp } from '../support/app.js';
import { chatapp } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { history, send, signUp, type SignedUp } from '../support/signed-up.js';

interface Sent {
  readonly reader: SignedUp;
  readonly conversationId: string;
  readonly position: string;
  readonly text: string;
}

/*
 * Servers were restarted one after the other with a new MASTER_KEY. The first of them wrapped the keys of new users
 * with it; every projection of the others stopped at the first event of such a user, while /readyz answered 200 all the
 * time.
 */
describe('another MASTER_KEY, on two servers', () => {
  const [OLD, NEW] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
  const jwtSecret = randomBytes(32).toString('hex');
  let database: TestDatabase;
  let dataDir: string;
  let running: RunningApp[];
  let sent: Sent[];
  let users: SignedUp[];

  beforeEach(async () => {
    database = await testDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'chatapp-app-'));
    [running, sent, users] = [[], [], []];
  });
  afterEach(async () => {
    for (const app of running) await app.stop();
    await database.drop();
    await rm(dataDir, { recursive: true });
  });

  const start = async (masterKey: string, more: Record<string, string> = {}): Promise<RunningApp> => {
    const beside = { databaseUrl: database.url, jwtSecret, masterKey };
    const app = await startApp({ beside, dataDir, env: more });
    running.push(app);
    return app;
  };
  const restart = async (app: RunningApp, masterKey: string, more: Record<string, string> = {}) => {
    running = running.filter((each) => each !== app);
    await app.stop();
    return start(masterKey, more);
  };
  const rotate = async (masterKey: string, previous: string) => {
    const env = { DATABASE_URL: database.url, JWT_SECRET: jwtSecret, DATA_DIR: dataDir };
    const { code, err } = await chatapp(
      { ...env, MASTER_KEY: masterKey, MASTER_KEY_PREVIOUS: previous },
      'keys',
      'rotate',
    );
    expect(code, err).to.equal(0);
  };
  const readiness = async (app: RunningApp) => {
    const response = await fetch(`${app.url}/readyz`);
    return { status: response.status, text: await response.text() };
  };
  const usedBy = async () => {
    const { rows } = await database.pool.query<{ id: string }>(
      'select distinct master_key as id from security.person_keys',
    );
    return rows.map(({ id }) => id);
  };

  const newcomer = async (app: RunningApp): Promise<SignedUp> => {
    const account = await signUp(app, `user${randomUUID().slice(0, 8)}`);
    users.push(account);
    return account;
  };
  /**
   * Registers a user at each server and writes from each to the earlier ones, so that all keys are needed everywhere.
   */
  const talk = async (...servers: RunningApp[]): Promise<void> => {
    for (const at of servers) {
      const reader = users.at(-1) ?? (await newcomer(at));
      const writer = await newcomer(at);
      for (const by of servers) {
        const text = `a message of ${randomUUID()}`;
        const { conversationId, position } = await send(by, writer, { recipientId: reader.userId, text });
        sent.push({ reader, conversationId, position, text });
      }
    }
  };
  const expectAllRead = async (...servers: RunningApp[]) => {
    for (const server of servers)
      for (const { reader, conversationId, position, text } of sent)
        expect((await history(server, reader, conversationId, position)).map((each) => each.text)).to.include(text);
  };

  it('is known everywhere before anything is wrapped with it, then taken, and nothing waits or is lost', async function () {
    this.timeout(300_000);
    const [known, taken] = [{ MASTER_KEY_NEXT: NEW }, { MASTER_KEY_PREVIOUS: OLD }];
    let [first, second] = [await start(OLD, known), await start(OLD, known)];
    await talk(first, second);
    [first] = await Promise.all([restart(first, NEW, taken), talk(second)]);
    await talk(first, second);
    expect(await usedBy(), 'each server wraps with its own').to.have.members([masterKeyId(OLD), masterKeyId(NEW)]);
    for (const server of [first, second]) expect(await readiness(server)).to.include({ status: 200 });
    [second] = await Promise.all([restart(second, NEW, taken), talk(first)]);
    await Promise.all([rotate(NEW, OLD), talk(first, second)]);
    expect(await usedBy()).to.deep.equal([masterKeyId(NEW)]);
    [first] = await Promise.all([restart(first, NEW), talk(second)]);
    await talk(first, second);
    await expectAllRead(first, second);
  });

  it('is waited out by a server that does not know it: not ready meanwhile, and whole again without a restart', async function () {
    this.timeout(300_000);
    const unknowing = await start(OLD);
    await talk(unknowing);
    const knowing = await start(NEW, { MASTER_KEY_PREVIOUS: OLD });
    await talk(knowing);
    const waiting = await eventually(
      () => readiness(unknowing),
      ({ status }) => status === 503,
    );
    expect(waiting.text).to.include('a master key that this server does not know');
    await talk(knowing);
    await expectAllRead(knowing);
    await rotate(OLD, NEW);
    await eventually(
      () => readiness(unknowing),
      ({ status }) => status === 200,
    );
    await expectAllRead(unknowing, knowing);
    const { rows } = await database.pool.query('select * from projections.parked');
    expect(rows).to.deep.equal([]);
  });
});
