import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { UserErasedError } from '../../../src/application/ports/event-codec.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { createErasedKeys, pendingErasures } from '../../../src/infrastructure/security/erased-keys.js';
import { PostgresUserKeys } from '../../../src/infrastructure/security/user-keys.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { ada, bob, cleo, positionOf } from '../../support/ids.js';
import { testCodec } from '../../support/test-codec.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const APPEND = `
  insert into log.events (position, stream_id, revision, event_id, type, schema_version, data, metadata)
  values ($1, $2, 0, $3, $4, 1, '{}', '{}')`;

interface Row {
  readonly wrapped: Buffer | null;
  readonly master_key: string | null;
  readonly destroyed_at: string | null;
}

describe('The keys of erased users', () => {
  let database: TestDatabase;
  let keys: ReturnType<typeof createErasedKeys>;

  beforeEach(async () => {
    database = await testDatabase();
    keys = createErasedKeys(database.pool);
    await (await openUserKeys()).forWriting([ada, bob]);
  });
  afterEach(() => database.drop());

  const openUserKeys = async () => new PostgresUserKeys(database.pool, await testMasterKeys());
  const rowOf = async (userId: UserId): Promise<Row | undefined> => {
    const { rows } = await database.pool.query<Row>(
      'select wrapped, master_key, destroyed_at from security.person_keys where user_id = $1',
      [userId],
    );
    return rows[0];
  };

  it('are destroyed, those of others are not, and it is noted up to where', async () => {
    expect(await keys.destroyedUpTo()).to.equal('0');
    await keys.destroy([ada, ada], positionOf(7));
    expect(await keys.destroyedUpTo()).to.equal('7');
    const { destroyed_at: destroyedAt, ...gone } = (await rowOf(ada))!;
    expect(gone).to.deep.equal({ wrapped: null, master_key: null });
    expect(destroyedAt).to.match(/^\d{4}-\d\d-\d\dT/);
    expect((await (await openUserKeys()).forReading([ada, bob])).get(ada)).to.equal(null);
    expect(await rowOf(bob))
      .to.include({ destroyed_at: null })
      .and.not.include({ wrapped: null });
  });

  it('are destroyed once: when it was stays as it is, and how far it is never moves back', async () => {
    await keys.destroy([ada], positionOf(7));
    const before = await rowOf(ada);
    await keys.destroy([ada], positionOf(6));
    expect(await rowOf(ada)).to.deep.equal(before);
    expect(await keys.destroyedUpTo()).to.equal('7');
    await keys.destroy([], positionOf(10));
    expect(await keys.destroyedUpTo()).to.equal('10');
  });

  it('are not made anew, nor for somebody who never had one', async () => {
    await keys.destroy([ada, cleo], positionOf(7));
    for (const userId of [ada, cleo]) {
      const writing: unknown = await (await openUserKeys()).forWriting([userId]).catch((error: unknown) => error);
      expect(writing).to.be.instanceOf(UserErasedError);
      expect(await rowOf(userId)).to.include({ wrapped: null });
    }
  });

  it('are told of that wait: those of whoever was erased behind what is done', async () => {
    const log = { warn: () => undefined, error: () => undefined };
    const store = await createPostgresEventStore({ pool: database.pool, codec: testCodec, log });
    expect(await pendingErasures(keys, store.raw)).to.equal(0);
    for (const [position, type] of [
      [3, 'UserErased'],
      [5, 'UserErased'],
      [6, 'SessionsEnded'],
      [8, 'UserErased'],
    ] as const)
      await database.pool.query(APPEND, [position, `user-${position}`, randomUUID(), type]);
    expect(await pendingErasures(keys, store.raw)).to.equal(3);
    await keys.destroy([], positionOf(5));
    expect(await pendingErasures(keys, store.raw)).to.equal(1);
    await store.close();
  });
});
