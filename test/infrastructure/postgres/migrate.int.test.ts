import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { migrate, MigrationError } from '../../../src/infrastructure/postgres/migrate.js';
import { heldLocks } from '../../support/advisory-locks.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const FOLDER = new URL('../../../src/infrastructure/postgres/migrations/', import.meta.url);
const NODES = 4;

/** This drops everything that migrations made; each of them names its schema. */
const EMPTY = `
  do $$
  declare name text;
  begin
    for name in select nspname from pg_namespace where nspname !~ '^(pg_|information_schema|public)' loop
      execute format('drop schema %I cascade', name);
    end loop;
    drop table public.chatapp_migrations;
  end $$`;

describe('migrate', () => {
  let database: TestDatabase;

  const asNode = async (): Promise<string[]> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return await migrate(client);
    } finally {
      await client.end();
    }
  };
  const refusal = () => asNode().catch((error: unknown) => error);

  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database.drop());

  it('applies each migration once, whatever number of nodes start together', async () => {
    await database.pool.query(EMPTY);
    const applied = await Promise.all(Array.from({ length: NODES }, asNode));
    expect(applied.flat().sort()).to.deep.equal((await readdir(FOLDER)).sort());
    expect(applied.filter((names) => names.length > 0)).to.have.lengthOf(1);
  });

  it('has nothing to do on a database that is up to date', async () => {
    expect(await asNode()).to.deep.equal([]);
  });

  it('refuses a migration that was changed after it had been applied', async () => {
    await database.pool.query(`update public.chatapp_migrations set checksum = 'other' where number = 1`);
    expect(await refusal())
      .to.be.instanceOf(MigrationError)
      .with.property('message')
      .that.matches(/^migration 0001_\w+\.sql was changed/);
  });

  it('refuses a database that is newer than the program', async () => {
    await database.pool.query(
      `insert into public.chatapp_migrations (number, name, checksum) values (9999, '9999_later.sql', 'any')`,
    );
    expect(await refusal())
      .to.be.instanceOf(MigrationError)
      .with.property('message')
      .that.contains('newer than this program: it has migration 9999_later.sql');
  });

  it('lets the next node try again when it was refused', async () => {
    await database.pool.query(`update public.chatapp_migrations set name = 'x', checksum = 'x' where number = 1`);
    await database.pool.query(`create table kept as select 1`);
    const client = await database.pool.connect();
    expect(await migrate(client).catch((error: unknown) => error)).to.be.instanceOf(MigrationError);
    expect(await heldLocks(database.pool)).to.equal(0);
    client.release();
  });
});
