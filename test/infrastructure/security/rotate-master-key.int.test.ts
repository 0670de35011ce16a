import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { openKeyRing } from '../../../src/infrastructure/security/key-ring.js';
import { MasterKeys } from '../../../src/infrastructure/security/master-keys.js';
import { PostgresUserKeys } from '../../../src/infrastructure/security/user-keys.js';
import {
  isUsedIn,
  rotateMasterKey,
  RotationUnderWayError,
  usedMasterKeys,
} from '../../../src/infrastructure/security/rewrap-keys.js';
import { openSecrets, renewMasterKey } from '../../../src/infrastructure/security/secrets-file.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const PEOPLE = 600;

/*
 * Two `keys rotate` at once each made a new master key in `secrets.json`, and read the newest one from the file for
 * every key that they wrapped: each found keys that the other had just wrapped, so that neither ended, and the file
 * dropped a master key that still wrapped something.
 */
describe('Changing the master key that is kept in a file', () => {
  let database: TestDatabase;
  let dataDir: string;
  const users = Array.from({ length: PEOPLE }, () => randomUUID() as UserId);

  beforeEach(async () => {
    database = await testDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'chatapp-secrets-'));
    const masterKeys = await MasterKeys.open(kept);
    await openKeyRing(database.pool, masterKeys);
    await new PostgresUserKeys(database.pool, masterKeys).forWriting(users);
  });
  afterEach(async () => {
    await database.drop();
    await rm(dataDir, { recursive: true });
  });

  const kept = async () => {
    const { masterKey, previousMasterKeys = [] } = await openSecrets(dataDir);
    return [masterKey, ...previousMasterKeys];
  };
  const newest = async () => renewMasterKey(dataDir, isUsedIn(await usedMasterKeys(database.pool)));
  const rotate = (onProgress?: (done: number) => unknown) => rotateMasterKey(database.pool, newest, onProgress);
  const openAll = async () => {
    const masterKeys = await MasterKeys.open(kept);
    await openKeyRing(database.pool, masterKeys);
    const keys = await new PostgresUserKeys(database.pool, masterKeys).forReading(users);
    return users.filter((userId) => keys.get(userId)).length;
  };

  it('is done by one at a time; another who begins meanwhile is refused, and nothing is lost', async () => {
    let refusal: unknown;
    const { masterKey } = await rotateMasterKey(database.pool, async () => {
      refusal = await rotate().catch((error: unknown) => error);
      return newest();
    });
    expect(refusal).to.be.instanceOf(RotationUnderWayError);
    expect(String(refusal)).to.equal('RotationUnderWayError: another run is wrapping the keys at this moment');
    expect(await openAll()).to.equal(PEOPLE);
    expect([...(await usedMasterKeys(database.pool))]).to.deep.equal([masterKey]);
  });

  it('is done with one key, though the file be changed while it is under way', async () => {
    let renewed: Promise<unknown> | undefined;
    const { keys, masterKey } = await rotate(() => (renewed ??= renewMasterKey(dataDir, () => true)));
    expect(renewed).to.be.instanceOf(Promise);
    await renewed;
    expect(keys).to.equal(PEOPLE + 4);
    expect([...(await usedMasterKeys(database.pool))]).to.deep.equal([masterKey]);
  });

  it('is done again and again, and the file keeps the key before the newest, and none that is older', async () => {
    const before = await kept();
    await rotate();
    await rotate();
    expect(await kept())
      .to.have.length(2)
      .and.not.include(before[0]);
    expect(await openAll()).to.equal(PEOPLE);
  });
});
