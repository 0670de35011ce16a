import { expect } from 'chai';
import { destroyedKeys, PURGE_LOCK, purgeErased } from '../../../src/infrastructure/security/purge-erased.js';
import { PostgresUserKeys } from '../../../src/infrastructure/security/user-keys.js';
import { eventually } from '../../support/eventually.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { ada, bob, cleo } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { endPauseOf, untilPurgeFails } from '../../support/purging.js';

/** The pages of the table as they are on the disk. */
const PAGES = `select pg_read_binary_file(pg_relation_filepath('security.person_keys')) as bytes`;

/*
 * A destroyed key was set to null in its row, and stayed as a dead version in the file of the table: anybody who got
 * hold of the file and the master key could read everything of an erased user.
 */
describe('The key of an erased user', () => {
  let database: TestDatabase;
  let key: Buffer;

  beforeEach(async () => {
    database = await testDatabase();
    await new PostgresUserKeys(database.pool, await testMasterKeys()).forWriting([ada, bob, cleo]);
    const { rows } = await database.pool.query<{ wrapped: Buffer }>(
      'select wrapped from security.person_keys where user_id = $1',
      [ada],
    );
    key = rows[0]!.wrapped;
  });
  afterEach(() => database.drop());

  const destroy = () =>
    database.pool.query('update security.person_keys set wrapped = null, master_key = null where user_id = $1', [ada]);
  const isOnDisk = async (): Promise<boolean> => {
    await database.pool.query('checkpoint');
    return (await database.pool.query<{ bytes: Buffer }>(PAGES)).rows[0]!.bytes.includes(key);
  };

  /** Purges, and tries again when autovacuum holds a table at the same time. */
  const purge = () =>
    eventually(
      async () => {
        await endPauseOf(database.pool);
        return purgeErased(database.pool).catch(() => ({ waiting: 1 }));
      },
      ({ waiting }) => waiting === 0,
    );
  const purgedKeys = async () =>
    (
      await database.pool.query<{ user_id: string }>(
        'select user_id from security.person_keys where purged_at is not null',
      )
    ).rows;

  it('is in no page of the file once it was purged, nor are those of others lost', async () => {
    await destroy();
    expect(await isOnDisk(), 'as a dead version of the row').to.equal(true);
    await purge();
    expect(await purgedKeys()).to.deep.equal([{ user_id: ada }]);
    expect(await isOnDisk()).to.equal(false);
    const keys = await new PostgresUserKeys(database.pool, await testMasterKeys()).forReading([ada, bob, cleo]);
    expect([ada, bob, cleo].map((userId) => keys.get(userId) === null)).to.deep.equal([true, false, false]);
  });

  it('is purged once', async () => {
    await destroy();
    await purge();
    const file = `select pg_relation_filepath('security.person_keys') as path`;
    const before = (await database.pool.query(file)).rows;
    expect(await purgeErased(database.pool)).to.deep.equal({ purged: 0, cleared: 0, waiting: 0 });
    expect((await database.pool.query(file)).rows, 'not written anew').to.deep.equal(before);
  });

  it('is counted once it is purged, and so is the user whom every read model has forgotten', async () => {
    await destroy();
    // Purges from the start at each try, so that the count of a failed try is not continued by the next.
    const purgeAnew = async () => {
      await database.pool.query('update security.person_keys set purged_at = null, cleared_at = null');
      await endPauseOf(database.pool);
      return purgeErased(database.pool).catch(() => ({ waiting: 1 }));
    };
    expect(await eventually(purgeAnew, ({ waiting }) => waiting === 0)).to.deep.equal({
      purged: 1,
      cleared: 1,
      waiting: 0,
    });
  });

  it('has nobody wait where there is none to purge', async () => {
    expect(await purgeErased(database.pool)).to.deep.equal({ purged: 0, cleared: 0, waiting: 0 });
    const { rows } = await database.pool.query('select purge_after from security.erasures');
    expect(rows, 'no pause').to.deep.equal([{ purge_after: null }]);
  });

  it('is not taken for purged while a transaction still reads what was before, and is purged when that ends', async () => {
    const reader = await database.pool.connect();
    try {
      await reader.query('begin isolation level repeatable read');
      await reader.query('select 1 from security.person_keys');
      await destroy();
      expect(await purgeErased(database.pool)).to.deep.equal({ purged: 0, cleared: 0, waiting: 1 });
      const told = await destroyedKeys(database.pool);
      expect(told).to.include({ count: 1, waiting: 1 });
      expect(told.heldBy).to.match(/^test \(process \d+\), since \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
      expect(await isOnDisk()).to.equal(true);
    } finally {
      await reader.query('commit');
      reader.release();
    }
    await purge();
    expect(await purgedKeys()).to.deep.equal([{ user_id: ada }]);
    expect(await isOnDisk()).to.equal(false);
  });

  it('is left to the next try where somebody holds the table for long', async () => {
    const holder = await database.pool.connect();
    await destroy();
    try {
      await holder.query('begin');
      await holder.query('lock table security.person_keys in row exclusive mode');
      await untilPurgeFails(database.pool);
    } finally {
      await holder.query('commit');
      holder.release();
    }
    await purge();
    expect(await purgedKeys()).to.deep.equal([{ user_id: ada }]);
  });

  it('is left to another node that is at it', async () => {
    await destroy();
    const other = await database.pool.connect();
    await other.query('select pg_advisory_lock($1)', [PURGE_LOCK]);
    try {
      expect(await purgeErased(database.pool)).to.deep.equal({ purged: 0, cleared: 0, waiting: 1 });
    } finally {
      await other.query('select pg_advisory_unlock($1)', [PURGE_LOCK]);
      other.release();
    }
    await purge();
    expect(await purgedKeys()).to.deep.equal([{ user_id: ada }]);
  });

  it('goes with its reference, however it is destroyed', async () => {
    await destroy();
    const { rows } = await database.pool.query(
      'select reference, destroyed_at is null as undated from security.person_keys where user_id = $1',
      [ada],
    );
    expect(rows).to.deep.equal([{ reference: null, undated: false }]);
  });
});
