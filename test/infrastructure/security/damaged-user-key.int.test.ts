import { expect } from 'chai';
import type { EventBatch, NewEvent } from '../../../src/application/ports/event-store.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { PostgresUserKeys } from '../../../src/infrastructure/security/user-keys.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { fact } from '../../support/events.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { ada, bob } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { eventNumbered } from '../../support/test-codec.js';

const log = { warn: () => undefined, error: () => undefined };

const DAMAGES = {
  'of other bytes': `'\\x${'00'.repeat(92)}'`,
  'cut off': `substring(wrapped from 1 for 9)`,
  'of nothing': `''`,
};

const profile = (userId: UserId): NewEvent => ({ ...eventNumbered(0), ...fact('ProfileChanged', { userId }) });

// The look-up of keys failed as a whole when one of its rows could not be unwrapped: every consumer of the log tried
// the batch again and again, and never advanced, because of one user's damaged row.
describe('The key of a user whose row is damaged', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database.drop());

  /** Opens a store that remembers no key, as another node has it. */
  const withStore = async <Result>(
    work: (store: Awaited<ReturnType<typeof createPostgresEventStore>>, damaged: string[]) => Promise<Result>,
  ): Promise<Result> => {
    const damaged: string[] = [];
    const onDamaged = (userId: UserId, { message }: Error) => damaged.push(`${userId}: ${message}`);
    const keys = new PostgresUserKeys(database.pool, await testMasterKeys(), { onDamaged });
    const codec = createEventCodec(chatEvents, keys);
    const store = await createPostgresEventStore({ pool: database.pool, codec, log });
    return work(store, damaged).finally(() => store.close());
  };

  const append = (...userIds: UserId[]) =>
    withStore((store) =>
      store.append({
        streams: userIds.map((userId) => ({
          streamId: streamOf('user', userId),
          expected: 'any',
          events: [profile(userId)],
        })),
      }),
    );

  for (const [what, damage] of Object.entries(DAMAGES))
    it(`costs what is sealed for that user alone, and is reported once: one ${what}`, async () => {
      await append(ada, bob);
      const kept = `select wrapped from security.person_keys where user_id = $1`;
      const { rows } = await database.pool.query<{ wrapped: Buffer }>(kept, [ada]);
      await database.pool.query(`update security.person_keys set wrapped = ${damage} where user_id = $1`, [ada]);
      await withStore(async (store, damaged) => {
        const readAll = async (): Promise<EventBatch> => {
          for await (const batch of store.subscribe({ signal: new AbortController().signal })) return batch;
          throw new Error('the subscription has ended');
        };
        await readAll();
        const { events, undecodable } = await readAll();
        expect(events.map(({ data }) => (data as { userId: string }).userId)).to.deep.equal([bob]);
        expect(undecodable.map(({ streamId }) => streamId)).to.deep.equal([streamOf('user', ada)]);
        expect(damaged).to.deep.equal([
          `${ada}: the key person ${ada} does not open with the master key that it is said to be wrapped by`,
        ]);
        await database.pool.query('update security.person_keys set wrapped = $2 where user_id = $1', [
          ada,
          rows[0]?.wrapped,
        ]);
        expect((await readAll()).undecodable, 'once its row is put right').to.deep.equal([]);
      });
    });

  it('seals nothing more', async () => {
    await append(ada);
    await database.pool.query(`update security.person_keys set wrapped = '' where user_id = $1`, [ada]);
    const outcome = await append(ada).catch((error: unknown) => error);
    expect(outcome).to.have.property('name', 'DamagedKeyError');
    await append(bob);
  });
});
