import { expect } from 'chai';
import { launchApp, startApp, type RunningApp } from '../support/app.js';
import { built } from '../support/built.js';
import { call } from '../support/call.js';
import { chatapp } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { KurrentDbDouble } from '../support/kurrentdb-double/kurrentdb-double.js';
import { passesSameTests } from '../support/same-tests.js';
import { PASSWORD, signUp, type SignedUp } from '../support/signed-up.js';

/** Tests of a whole server that know nothing of where its log is. */
const SAME_TESTS = [
  ...['audit-past', 'audit-past-lists', 'audit-subject-exports', 'changed-messages', 'client', 'holds', 'media'],
  ...['missed-mails', 'restart', 'resume', 'retention'],
];

/**
 * The double holds the log of each app. A real server would hold one log for all, and each app has a database of its own: its
 * read models would be told of users whose keys it lacks.
 */
describe('A server with its log in KurrentDB (the double)', () => {
  before(() => built());

  passesSameTests(SAME_TESTS, () => ({ CHATAPP_TEST_LOG_ON_DOUBLE: 'yes' }));

  describe('and the tools beside it', () => {
    let double: KurrentDbDouble;
    let app: RunningApp;
    let ada: SignedUp;
    let settings: Readonly<Record<string, string>>;

    before(async () => {
      double = await new KurrentDbDouble().start();
      app = await startApp({ env: { KURRENTDB_URL: double.url } });
      const { databaseUrl = '', dataDir, jwtSecret, masterKey } = app;
      settings = { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, JWT_SECRET: jwtSecret, MASTER_KEY: masterKey };
      ada = await signUp(app, 'ada');
    });
    after(async () => {
      await app.stop();
      double.stop();
    });

    const tool = (...args: string[]) => chatapp({ ...settings, KURRENTDB_URL: double.url }, ...args);

    it('keeps every event there, and none in the database', async () => {
      const types = double.log.records.map(({ type }) => type);
      expect(types).to.include.members(['UserRegistered', 'EmailVerified', 'SessionStarted']);
      const { out } = await tool('psql', '-c', 'select count(*) as events from log.events');
      expect(out).to.match(/\b0\b/);
    });

    it('says at its start what keeps the log', () => {
      expect(app.output()).to.include('the log is kept in KurrentDB').and.include('26.1.0-double with AppendRecords');
    });

    it('is examined, counted and read', async () => {
      const examined = await tool('doctor');
      expect(examined.out, examined.err).to.include('KurrentDB 26.1.0-double');
      const stats = await tool('log', 'stats');
      expect(stats.out, stats.err).to.match(/EmailVerified +1/);
      const verified = await tool('projections', 'verify', 'users');
      expect(verified.code, verified.out + verified.err).to.equal(0);
    });

    it('forgets a user who is erased, in the files of the database, too', async () => {
      const json = { password: PASSWORD };
      const erased = await call(app, 'DELETE', '/user/v1/me', { token: ada.accessToken, json });
      expect(erased.status, erased.text).to.equal(202);
      const { out } = await eventually(
        () => tool('doctor'),
        ({ out: said }) => said.includes('the keys of 1 erased users are destroyed') && !said.includes('Of 1 of these'),
      );
      expect(out).to.include('Keep none of them longer');
    });

    it('is refused where it would go on without its log, or with another one', async () => {
      const other = await new KurrentDbDouble().start();
      for (const [url, reason] of [
        ['', 'the database belongs to a log in KurrentDB: set KURRENTDB_URL'],
        [other.url, 'which the one at KURRENTDB_URL has not reached'],
      ] as const) {
        const { child, output, ended } = await launchApp({ beside: app, env: { KURRENTDB_URL: url } });
        await ended;
        expect(child.exitCode).to.equal(1);
        expect(output()).to.include(reason).and.not.include('    at ');
      }
      other.stop();
    });
  });

  it('is refused on a database that holds a log of its own, and with a server that is too old', async () => {
    const double = await new KurrentDbDouble().start();
    const app = await startApp({ env: { KURRENTDB_URL: '' } });
    await signUp(app, 'bob');
    const owned = await launchApp({ beside: app, env: { KURRENTDB_URL: double.url } });
    await owned.ended;
    expect(owned.output()).to.include('the database holds a log of its own');
    double.version = '25.1.0';
    const old = await launchApp({ env: { KURRENTDB_URL: double.url } });
    await old.ended;
    expect(old.output()).to.include('is of version 25.1.0 and cannot be used');
    await old.place.release();
    await app.stop();
    double.stop();
  });
});
