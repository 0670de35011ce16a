import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { findEmbeddedUrl } from '../../src/infrastructure/postgres/embedded/embedded-postgres.js';
import { launchApp, startApp, type AppOptions } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { isAlive, postmasterOf, recoverSlowly } from '../infrastructure/postgres/recovering.js';
import { failOn } from '../support/full-disk.js';
import { untilSaid } from '../support/until-said.js';

const START_TIMEOUT_MS = 120_000;

const OUTDATED = `update projections.checkpoints set version = 0 where name = 'users'`;
const LOCKS = {
  'that migrates the database': 'select pg_advisory_lock(7226426)',
  'that rebuilds a projection': `select pg_advisory_lock(hashtext('chatapp rebuild users'))`,
};
/** With this each step of a rebuild fails, and is tried again. */
const FAIL_REBUILDS = failOn('update', 'projections.checkpoints', `new.name = 'users_rebuild'`);
const OTHERS_OF_THE_APP = `
  select application_name from pg_stat_activity
   where datname = current_database() and application_name like 'chatapp%'`;

// A start that rebuilt a projection, or waited for another node that did, did not handle signals: after
// SHUTDOWN_TIMEOUT the process ended with 1, left its PostgreSQL running, and released nothing.
describe('a server that is asked to stop while it starts', function () {
  this.timeout(START_TIMEOUT_MS);
  const clients: pg.Client[] = [];
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.end())));

  const clientOf = async (url: string | undefined): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined); // the database ends before it
    await client.connect();
    clients.push(client);
    return client;
  };

  /** Starts a server, asks it to stop once this condition holds, and answers the exit code. */
  const interrupted = async (options: AppOptions, isDue: (output: string) => Promise<boolean>) => {
    const { child, output, ended } = await launchApp(options);
    const isOver = async () => child.exitCode !== null || (await isDue(output()));
    await eventually(isOver, (due) => due);
    child.kill('SIGTERM');
    await ended;
    expect(output()).to.include('"msg":"stopped"').and.not.include('could not be released');
    return child.exitCode;
  };

  for (const [what, lock] of Object.entries(LOCKS))
    it(`releases what it has, and ends in order, though it waits for another node ${what}`, async () => {
      const first = await startApp();
      const client = await clientOf(first.databaseUrl);
      await client.query(OUTDATED);
      process.kill(first.pid, 'SIGKILL');
      await client.query(lock);
      const others = async () => (await client.query<{ application_name: string }>(OTHERS_OF_THE_APP)).rows;
      await eventually(others, (rows) => rows.length === 0);
      const { rows } = await client.query<{ before: string }>('select now()::text as before');
      const isWaiting = async () => {
        const asked = `select from pg_stat_activity where query like '%pg_try_advisory_lock%' and pid <> pg_backend_pid()
                        and datname = current_database() and query_start > $1`;
        return (await client.query(asked, [rows[0]?.before])).rowCount === 1;
      };
      expect(await interrupted({ beside: first }, isWaiting)).to.equal(0);
      expect(await others()).to.deep.equal([]);
      await client.end();
      await first.kill();
    });

  it('ends its PostgreSQL, though it rebuilds a projection again and again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chatapp interrupted '));
    const dataDir = join(folder, 'data');
    const first = await startApp({ dataDir });
    const client = await clientOf(await findEmbeddedUrl(dataDir));
    await client.query(OUTDATED);
    await client.query(FAIL_REBUILDS);
    await first.stop();
    const isFailing = async (output: string) => output.includes('rebuild failed, trying again');
    expect(await interrupted({ dataDir }, isFailing)).to.equal(0);
    expect(await findEmbeddedUrl(dataDir)).to.equal(undefined);
    await rm(folder, { recursive: true });
  });

  // The recovery waits for an archived file by a command of Linux.
  (process.platform === 'linux' ? it : it.skip)(
    'ends its PostgreSQL, though that recovers and does not answer',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'chatapp interrupted '));
      const dataDir = join(folder, 'data');
      await (await startApp({ dataDir })).stop();
      const recovery = await recoverSlowly(dataDir);
      let postmaster = 0;
      const isRecovering = async () => {
        postmaster = await postmasterOf(dataDir);
        return recovery.isRecovering();
      };
      expect(await interrupted({ dataDir }, isRecovering)).to.equal(0);
      expect(postmaster).to.be.greaterThan(0);
      expect(await isAlive(postmaster)).to.equal(false);
      await rm(folder, { recursive: true });
    },
  );

  it('ends at once when it is asked again, though a migration would have to end first', async () => {
    const first = await startApp();
    const client = await clientOf(first.databaseUrl);
    process.kill(first.pid, 'SIGKILL');
    await client.query('begin');
    await client.query('lock table public.chatapp_migrations in access exclusive mode');
    const { child, output, ended } = await launchApp({ beside: first, env: { SHUTDOWN_TIMEOUT: '1h' } });
    // Within a transaction the view of activity does not change, but the view of locks does.
    const waiting = `select from pg_locks where not granted and relation = 'public.chatapp_migrations'::regclass
                       and database = (select oid from pg_database where datname = current_database())`;
    await eventually(
      () => client.query(waiting),
      ({ rowCount }) => rowCount === 1,
    );
    child.kill('SIGTERM');
    await untilSaid({ output }, '"msg":"stopping"');
    child.kill('SIGTERM');
    await ended;
    expect(child.exitCode).to.equal(1);
    expect(output()).to.include('asked again to stop: ending at once').and.not.include('"msg":"stopped"');
    await client.end();
    await first.kill();
  });
});
