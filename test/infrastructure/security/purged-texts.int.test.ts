import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Projection } from '../../../src/application/projections/projector.js';
import { mailProjection, messagesProjection, usersProjection } from '../../../src/application/projections/registry.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import {
  beginGeneration,
  prepareGeneration,
  rebuildSchema,
} from '../../../src/infrastructure/projections/generations.js';
import { PostgresProjectionStore } from '../../../src/infrastructure/projections/postgres-projection-store.js';
import type { ReadModel } from '../../../src/infrastructure/projections/read-model.js';
import { createMailReadModel } from '../../../src/infrastructure/read-models/postgres/mail-outbox.js';
import { usersReadModel } from '../../../src/infrastructure/read-models/postgres/users-read-model.js';
import { createErasedKeys } from '../../../src/infrastructure/security/erased-keys.js';
import { PostgresPersonKeys } from '../../../src/infrastructure/security/person-keys.js';
import { destroyedKeys, pauseAfter, purgeErased } from '../../../src/infrastructure/security/purge-erased.js';
import { fact } from '../../support/events.js';
import { eventually } from '../../support/eventually.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { ada, bob, conversationNumber, messageNumber, sessionNumber } from '../../support/people.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { feed, messagesReadModel, recorded } from '../../support/projections.js';

const LOCK_NOT_AVAILABLE = '55P03';

/** Stands in everything that is Ada's, each time with what it is; nowhere else. */
const MARKER = 'zebra7f3a';
const WORDS = ['user', 'mail', 'first', 'second', 'bio', 'phone', 'address', 'title', 'renamed', 'text'];
const marked = (word: string) => `${MARKER}${word}`;

const conversationId = conversationNumber(1);
const FACTS = [
  fact('UserRegistered', {
    username: marked('user'),
    email: `${marked('mail')}@example.org`,
    displayName: marked('first'),
  }),
  fact('UserRegistered', { userId: bob, username: 'bob', email: 'bob@example.org', displayName: 'Bob' }),
  fact('EmailVerificationRequested', {}),
  fact('ProfileChanged', { displayName: marked('second'), bio: marked('bio') }),
  fact('SessionStarted', { device: marked('phone'), address: marked('address') }),
  fact('SessionStarted', { sessionId: sessionNumber(2), userId: bob, device: 'pad of Bob' }),
  fact('ConversationStarted', { title: marked('title') }),
  fact('ConversationRenamed', { title: marked('renamed') }),
  fact('MessageSent', { messageId: messageNumber(1), conversationId, senderId: ada, text: marked('text') }),
  fact('MessageSent', { messageId: messageNumber(2), conversationId, senderId: bob, text: 'words of Bob' }),
];
const BEFORE = recorded(FACTS);
const ERASURE = recorded([fact('UserErased', {})], FACTS.length);

const ALL_FILES = `
  select n.nspname || '.' || c.relname as name, pg_read_binary_file(pg_relation_filepath(c.oid)) as bytes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where pg_relation_filepath(c.oid) is not null and pg_relation_size(c.oid) > 0`;
const FILES_OF_TABLES = `
  select array_agg(pg_relation_filepath(c.oid) order by c.oid) as paths
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname in ('users', 'mail', 'messages') and c.relkind = 'r'`;
const FILE_OF_KEYS = `select pg_relation_filepath('security.person_keys') as path`;
const LOG_ERASURE = `
  insert into log.events (position, stream_id, revision, event_id, type, schema_version, data, metadata)
  values ($1, $2, 0, $3, 'UserErased', 1, '{}', '{}')`;

/*
 * What read models had forgotten of an erased user stayed as dead versions of rows in the files of their tables and
 * indexes, in plain text, and so did the samples that PostgreSQL takes of columns.
 */
describe('What read models held of an erased user', () => {
  let database: TestDatabase;
  let stores: readonly Pick<PostgresProjectionStore<never>, 'release'>[];
  /** Brings every read model on by these events. */
  let project: (events: typeof BEFORE) => Promise<void>;

  const open = async <Writers>(projection: Projection<Writers>, readModel: ReadModel<Writers>, schema: string) => {
    const store = new PostgresProjectionStore({ config: database.pool.options, projection, readModel, schema });
    return { release: () => store.release(), project: (events: typeof BEFORE) => feed(store, events, [events.length]) };
  };
  const openInUse = async <Writers>(projection: Projection<Writers>, readModel: ReadModel<Writers>) => {
    const client = await database.pool.connect();
    await prepareGeneration(client, projection, readModel).finally(() => client.release());
    return open(projection, readModel, projection.name);
  };

  beforeEach(async () => {
    database = await testDatabase();
    await new PostgresPersonKeys(database.pool, await testMasterKeys()).forWriting([ada, bob]);
    const opened = [
      await openInUse(usersProjection, usersReadModel),
      await openInUse(messagesProjection, messagesReadModel()),
      await openInUse(
        mailProjection,
        createMailReadModel(() => undefined),
      ),
    ];
    stores = opened;
    project = async (events) => {
      for (const store of opened) await store.project(events);
    };
    await project(BEFORE);
    await database.pool.query('analyze');
  });
  afterEach(async () => {
    for (const store of stores) await store.release();
    await database.drop();
  });

  /** The key is destroyed, whether or not a read model has come so far. */
  const erase = async () => {
    await database.pool.query(LOG_ERASURE, [ERASURE[0]!.position, `user-${ada}`, randomUUID()]);
    await createErasedKeys(database.pool).destroy([ada], ERASURE[0]!.position);
  };
  const endPause = () => database.pool.query('update security.erasures set purge_after = null');
  /** Until nothing but so many wait: autovacuum may look at a table at the same time. */
  const purgeUntil = (left: number, largest?: number) =>
    eventually(
      async () => {
        await endPause();
        await purgeErased(database.pool, largest).catch(() => undefined);
        const { rows } = await database.pool.query<{ keys: number; texts: number }>(
          `select count(*) filter (where purged_at is null)::integer as keys,
                  count(*) filter (where cleared_at is null)::integer as texts
             from security.person_keys where wrapped is null`,
        );
        return rows[0]!;
      },
      ({ keys, texts }) => keys === 0 && texts === left,
    );
  /** What of hers is in which file of the database. */
  const onDisk = async (): Promise<string[]> => {
    await database.pool.query('checkpoint');
    const { rows } = await database.pool.query<{ name: string; bytes: Buffer }>(ALL_FILES);
    return rows.flatMap(({ name, bytes }) =>
      WORDS.filter((word) => bytes.includes(marked(word))).map((word) => `${word} in ${name}`),
    );
  };

  it('is in no file of the database once it was purged, and what others wrote is where it was', async () => {
    await project(ERASURE);
    await erase();
    const before = await onDisk();
    for (const word of WORDS) expect(before.join(), 'as a dead version').to.include(`${word} in `);
    await purgeUntil(0);
    expect(await onDisk()).to.deep.equal([]);
    const { rows } = await database.pool.query(
      `select display_name, device, text from users.people join users.sessions using (user_id)
         join messages.messages on sender_id = user_id`,
    );
    expect(rows).to.deep.equal([{ display_name: 'Bob', device: 'pad of Bob', text: 'words of Bob' }]);
  });

  it('is not taken for cleared before every read model has forgotten it, while the key is purged', async () => {
    await erase();
    await purgeUntil(1);
    await project(ERASURE);
    await purgeUntil(0);
    expect(await onDisk()).to.deep.equal([]);
  });

  // Readers wait while a table is written anew.
  it('has only those tables written anew from which something can go', async () => {
    const files = async (query: string) => (await database.pool.query<object>(query)).rows;
    const texts = await files(FILES_OF_TABLES);
    await erase();
    await purgeUntil(1);
    expect(await files(FILES_OF_TABLES), 'no read model has forgotten her').to.deep.equal(texts);
    const keys = await files(FILE_OF_KEYS);
    await project(ERASURE);
    await purgeUntil(0);
    expect(await files(FILES_OF_TABLES)).not.to.deep.equal(texts);
    expect(await files(FILE_OF_KEYS), 'her key was purged before').to.deep.equal(keys);
  });

  it('is not taken for cleared while a read model has parked the erasure', async () => {
    await project(ERASURE);
    await erase();
    await database.pool.query(
      `insert into projections.parked (projection, position, stream_id, event_id, type, reason)
       values ('users', $1, 'user-x', $2, 'UserErased', 'any')`,
      [ERASURE[0]!.position, randomUUID()],
    );
    await purgeUntil(1);
    await database.pool.query('delete from projections.parked');
    await purgeUntil(0);
  });

  it('is cleared also from tables that a rebuild had filled with it', async () => {
    const schema = rebuildSchema(usersProjection.name);
    const client = await database.pool.connect();
    await beginGeneration(client, schema, usersProjection, usersReadModel).finally(() => client.release());
    const rebuilt = await open(usersProjection, usersReadModel, schema);
    await rebuilt.project(BEFORE);
    await project(ERASURE);
    await erase();
    await purgeUntil(1);
    await rebuilt.project(ERASURE);
    await purgeUntil(0);
    expect(await onDisk()).to.deep.equal([]);
    await rebuilt.release();
  });

  it('is not taken for cleared while a transaction may still read it', async () => {
    const reader = await database.pool.connect();
    try {
      await reader.query('begin isolation level repeatable read');
      await reader.query('select 1 from users.people');
      await project(ERASURE);
      await erase();
      expect(await purgeErased(database.pool)).to.deep.equal({ purged: 0, cleared: 0, waiting: 1 });
    } finally {
      await reader.query('commit');
      reader.release();
    }
    await purgeUntil(0);
    expect(await onDisk()).to.deep.equal([]);
  });

  // What a new snapshot may see begins with the oldest transaction that writes, in whichever database of the server: where
  // one went on in another, users were taken for cleared whose texts VACUUM FULL had copied.
  it('is not taken for cleared while another database has a transaction that began before', async () => {
    const other = await testDatabase();
    const writer = await other.pool.connect();
    try {
      await writer.query('begin');
      await writer.query('select pg_current_xact_id()');
      await project(ERASURE);
      await erase();
      expect(await purgeErased(database.pool)).to.deep.equal({ purged: 0, cleared: 0, waiting: 1 });
    } finally {
      await writer.query('commit');
      writer.release();
      await other.drop();
    }
    await purgeUntil(0);
    expect(await onDisk()).to.deep.equal([]);
  });

  it('stays in tables too large to be written anew, which are named', async () => {
    const filesOfTables = async () => (await database.pool.query<object>(FILES_OF_TABLES)).rows;
    await project(ERASURE);
    await erase();
    const before = await filesOfTables();
    await purgeUntil(0, 0);
    expect(await filesOfTables()).to.deep.equal(before);
    expect((await destroyedKeys(database.pool, 0)).large).to.include.members(['users.people', 'messages.messages']);
    expect((await destroyedKeys(database.pool)).large).to.deep.equal([]);
  });

  describe('is left for a while after tables were written anew:', () => {
    it('twenty times as long as that took, an hour at most', () => {
      expect([0, 50, 3_000, 179_999, 180_001, 10_000_000].map(pauseAfter)).to.deep.equal([
        0, 1, 60, 3_599.98, 3_600, 3_600,
      ]);
    });

    it('no node writes them anew before, and doctor can tell until when', async () => {
      await project(ERASURE);
      await erase();
      await purgeUntil(0);
      const paused = await database.pool.query('select purge_after is not null as paused from security.erasures');
      expect(paused.rows).to.deep.equal([{ paused: true }]);
      await database.pool.query(`update security.erasures set purge_after = '2999-01-01T00:00:00Z'`);
      await createErasedKeys(database.pool).destroy([bob], '99' as Position);
      expect(await purgeErased(database.pool)).to.deep.equal({ purged: 0, cleared: 0, waiting: 1 });
      expect(await destroyedKeys(database.pool)).to.include({ waiting: 1, pausedUntil: '2999-01-01 00:00:00 UTC' });
      await purgeUntil(0);
    });

    /** Nothing is tried while a transaction of another test, in its own database, is older than the erasure. */
    const failureOfPurge = async (): Promise<unknown> => {
      await endPause();
      return purgeErased(database.pool).then(
        () => undefined,
        (error: unknown) => (error as { readonly code?: unknown }).code,
      );
    };

    it('also where it failed, as others hold a table', async () => {
      await project(ERASURE);
      await erase();
      await endPause();
      const holder = await database.pool.connect();
      try {
        await holder.query('begin');
        await holder.query('lock table users.people in row exclusive mode');
        await eventually(failureOfPurge, (code) => code === LOCK_NOT_AVAILABLE);
      } finally {
        await holder.query('commit');
        holder.release();
      }
      expect((await destroyedKeys(database.pool)).pausedUntil).not.to.equal(null);
      await purgeUntil(0);
      expect(await onDisk()).to.deep.equal([]);
    });
  });
});
