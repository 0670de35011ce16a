import { expect } from 'chai';
import { KeyUnavailableError } from '../../../src/application/ports/event-codec.js';
import { openKeyRing } from '../../../src/infrastructure/security/key-ring.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

describe('The key ring', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database.drop());

  it('has a key of 32 bytes for each purpose, no two alike', async () => {
    const keys = Object.entries(await openKeyRing(database.pool, await testMasterKeys()));
    expect(keys.map(([name]) => name)).to.have.members(['claims', 'passwords', 'tickets', 'requests']);
    expect(keys.map(([, key]) => key.length)).to.deep.equal([32, 32, 32, 32]);
    expect(new Set(keys.map(([, key]) => key.toString('hex'))).size).to.equal(4);
  });

  it('is made once, whatever number of nodes open it together', async () => {
    const rings = await Promise.all(
      Array.from({ length: 8 }, async () => openKeyRing(database.pool, await testMasterKeys())),
    );
    for (const ring of rings) expect(ring).to.deep.equal(rings[0]);
    expect(await openKeyRing(database.pool, await testMasterKeys())).to.deep.equal(rings[0]);
  });

  it('is refused with another master key, which leaves it as it was', async () => {
    const keys = await openKeyRing(database.pool, await testMasterKeys());
    const refusal = await openKeyRing(
      database.pool,
      await testMasterKeys('another key of more than thirty-two characters'),
    ).catch((error: unknown) => error);
    expect(refusal)
      .to.be.instanceOf(Error)
      .with.property('message', 'MASTER_KEY is not the one this database was made with');
    expect((refusal as Error).cause).to.be.instanceOf(KeyUnavailableError);
    expect(await openKeyRing(database.pool, await testMasterKeys())).to.deep.equal(keys);
  });

  it('does not take one key for another', async () => {
    await openKeyRing(database.pool, await testMasterKeys());
    await database.pool.query(`update security.key_ring set wrapped =
      (select wrapped from security.key_ring where name = 'claims') where name = 'tickets'`);
    expect(await openKeyRing(database.pool, await testMasterKeys()).catch((error: unknown) => error)).to.be.instanceOf(
      Error,
    );
  });

  it('shows none of its keys to who has the database alone', async () => {
    const keys = Object.values(await openKeyRing(database.pool, await testMasterKeys()));
    const { rows } = await database.pool.query<{ wrapped: Buffer }>('select wrapped from security.key_ring');
    for (const { wrapped } of rows) expect(keys.some((key) => wrapped.includes(key))).to.equal(false);
  });
});
