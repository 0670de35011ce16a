import { randomUUID } from 'node:crypto';
import type { Projection } from '../../src/application/projections/projector.js';
import {
  mailProjection,
  mediaProjection,
  messagesProjection,
  searchProjection,
  usersProjection,
} from '../../src/application/projections/registry.js';
import { prepareGeneration } from '../../src/infrastructure/projections/postgres/generations.js';
import { PostgresProjectionStore } from '../../src/infrastructure/projections/postgres/postgres-projection-store.js';
import type { ReadModel } from '../../src/infrastructure/projections/postgres/read-model.js';
import { createMailReadModel } from '../../src/infrastructure/read-models/postgres/mail-outbox.js';
import { mediaReadModel } from '../../src/infrastructure/read-models/postgres/media-read-model.js';
import { searchReadModel } from '../../src/infrastructure/read-models/postgres/search-read-model.js';
import { usersReadModel } from '../../src/infrastructure/read-models/postgres/users-read-model.js';
import { createErasedKeys } from '../../src/infrastructure/security/erased-keys.js';
import { PostgresUserKeys } from '../../src/infrastructure/security/user-keys.js';
import { purgeErased } from '../../src/infrastructure/security/purge-erased.js';
import { attachmentNumber } from './attachments.js';
import { fact } from './events.js';
import { eventually } from './eventually.js';
import { testMasterKeys } from './master-keys.js';
import { ada, bob, conversationNumber, messageNumber, sessionNumber } from './ids.js';
import { testDatabase } from './postgres.js';
import { feed, recorded } from './projections.js';
import { messagesReadModel } from '../../src/infrastructure/read-models/postgres/messages-read-model.js';
import { endPauseOf } from './purging.js';

/** This word is in everything that belongs to Ada, beside a word for what it is, and nowhere else. */
const MARKER = 'zebra7f3a';
export const WORDS = [
  'user',
  'mail',
  'first',
  'second',
  'bio',
  'phone',
  'address',
  'title',
  'renamed',
  'text',
  'edited',
  'reaction',
  'file',
  'attached',
];
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
  fact('MediaUploaded', { name: marked('file') }),
  fact('MessageSent', {
    ...{ messageId: messageNumber(3), conversationId, senderId: ada, text: '' },
    attachments: [{ ...attachmentNumber(1), name: marked('attached') }],
  }),
  fact('MessageSent', { messageId: messageNumber(2), conversationId, senderId: bob, text: 'words of Bob' }),
  // The read model takes any text for an emoji.
  fact('ReactionAdded', { messageId: messageNumber(2), conversationId, userId: ada, emoji: marked('reaction') }),
  fact('MessageEdited', { messageId: messageNumber(1), conversationId, senderId: ada, text: marked('edited') }),
];
export const BEFORE = recorded(FACTS);
export const ERASURE = recorded([fact('UserErased', {})], FACTS.length);

const ALL_FILES = `
  select n.nspname || '.' || c.relname as name, pg_read_binary_file(pg_relation_filepath(c.oid)) as bytes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where pg_relation_filepath(c.oid) is not null and pg_relation_size(c.oid) > 0`;
const LOG_ERASURE = `
  insert into log.events (position, stream_id, revision, event_id, type, schema_version, data, metadata)
  values ($1, $2, 0, $3, 'UserErased', 1, '{}', '{}')`;

/** Opens a database whose read models hold two users, with the steps that erase one of them, Ada. */
export const erasureScene = async () => {
  const database = await testDatabase();
  const open = async <Writers>(projection: Projection<Writers>, readModel: ReadModel<Writers>, schema: string) => {
    const store = new PostgresProjectionStore({ config: database.pool.options, projection, readModel, schema });
    // Events are applied one by one, because a row that changes again within its batch is never stored.
    return { release: () => store.release(), project: (events: typeof BEFORE) => feed(store, events, [1]) };
  };
  const openInUse = async <Writers>(projection: Projection<Writers>, readModel: ReadModel<Writers>) => {
    const client = await database.pool.connect();
    await prepareGeneration(client, projection, readModel).finally(() => client.release());
    return open(projection, readModel, projection.name);
  };

  await new PostgresUserKeys(database.pool, await testMasterKeys()).forWriting([ada, bob]);
  const mailReadModel = createMailReadModel(() => undefined);
  const stores = [
    await openInUse(usersProjection, usersReadModel),
    await openInUse(mediaProjection, mediaReadModel),
    await openInUse(messagesProjection, messagesReadModel),
    await openInUse(searchProjection, searchReadModel),
    await openInUse(mailProjection, mailReadModel),
  ];
  const project = async (events: typeof BEFORE): Promise<void> => {
    for (const store of stores) await store.project(events);
  };
  await project(BEFORE);
  await database.pool.query('analyze');

  return {
    database,
    /** Opens a store that fills other tables of a projection. */
    open,
    /** Applies these events to every read model. */
    project,
    /** Destroys the key, whether or not a read model has come so far. */
    erase: async (): Promise<void> => {
      await database.pool.query(LOG_ERASURE, [ERASURE[0]!.position, `user-${ada}`, randomUUID()]);
      await createErasedKeys(database.pool).destroy([ada], ERASURE[0]!.position);
    },
    /** Purges until only this many users wait; autovacuum may hold a table at the same time. */
    purgeUntil: (left: number, largest?: number) =>
      eventually(
        async () => {
          await endPauseOf(database.pool);
          await purgeErased(database.pool, largest).catch(() => undefined);
          const { rows } = await database.pool.query<{ keys: number; texts: number }>(
            `select count(*) filter (where purged_at is null)::integer as keys,
                    count(*) filter (where cleared_at is null)::integer as texts
               from security.person_keys where wrapped is null`,
          );
          return rows[0]!;
        },
        ({ keys, texts }) => keys === 0 && texts === left,
      ),
    /** Answers which files of the database hold something of hers, and what. */
    onDisk: async (): Promise<string[]> => {
      await database.pool.query('checkpoint');
      const { rows } = await database.pool.query<{ name: string; bytes: Buffer }>(ALL_FILES);
      return rows.flatMap(({ name, bytes }) =>
        WORDS.filter((word) => bytes.includes(marked(word))).map((word) => `${word} in ${name}`),
      );
    },
    release: async (): Promise<void> => {
      for (const store of stores) await store.release();
      await database.drop();
    },
  };
};
