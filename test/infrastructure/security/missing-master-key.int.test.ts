import { expect } from 'chai';
import { openKeyRing } from '../../../src/infrastructure/security/key-ring.js';
import { PostgresUserKeys } from '../../../src/infrastructure/security/user-keys.js';
import { isMasterKeyMissing, isUsedIn, usedMasterKeys } from '../../../src/infrastructure/security/rewrap-keys.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { ada } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const OLD = 'the first master key, of more than 32 characters';
const NEW = 'the second master key, of more than 32 characters';

describe('A master key that a server does not know', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await testDatabase();
    await openKeyRing(database.pool, await testMasterKeys(OLD));
  });
  afterEach(() => database.drop());

  const isMissing = async (...known: [string, ...string[]]) =>
    isMasterKeyMissing(database.pool, await testMasterKeys(...known));

  it('is missing where something is wrapped by it, be it the key of one user', async () => {
    expect(await isMissing(OLD)).to.equal(false);
    expect(await isMissing(NEW)).to.equal(true);
    expect(await isMissing(NEW, OLD)).to.equal(false);
    await new PostgresUserKeys(database.pool, await testMasterKeys(NEW, OLD)).forWriting([ada]);
    expect(await isMissing(OLD)).to.equal(true);
    expect(await isMissing(OLD, NEW)).to.equal(false);
  });

  it('is not missing where it had no name yet: it may be any, and any may be in use', async () => {
    expect(isUsedIn(await usedMasterKeys(database.pool))(NEW)).to.equal(false);
    expect(isUsedIn(await usedMasterKeys(database.pool))(OLD)).to.equal(true);
    await database.pool.query('update security.key_ring set master_key = null');
    expect(await isMissing(NEW)).to.equal(false);
    expect(isUsedIn(await usedMasterKeys(database.pool))(NEW)).to.equal(true);
  });
});
