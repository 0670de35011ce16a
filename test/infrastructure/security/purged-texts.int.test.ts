import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { usersProjection } from '../../../src/application/projections/registry.js';
import { beginGeneration, rebuildSchema } from '../../../src/infrastructure/projections/postgres/generations.js';
import { usersReadModel } from '../../../src/infrastructure/read-models/postgres/users-read-model.js';
import { destroyedKeys, purgeErased } from '../../../src/infrastructure/security/purge-erased.js';
import { BEFORE, ERASURE, erasureScene, WORDS } from '../../support/erasure-scene.js';
import { ada } from '../../support/ids.js';
import { testDatabase } from '../../support/postgres.js';

const FILES_OF_TABLES = `
  select array_agg(pg_relation_filepath(c.oid) order by c.oid) as paths
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname in ('users', 'mail', 'messages', 'media', 'search') and c.relkind = 'r'`;
const FILE_OF_KEYS = `select pg_relation_filepath('security.person_keys') as path`;

/*
 * What read models had forgotten of an erased user stayed as dead row versions in the files of their tables and
 * indexes, in plain text, and so did the samples that PostgreSQL takes of columns.
 */
describe('What read models held of an erased user', () => {
  let scene: Awaited<ReturnType<typeof erasureScene>>;

  beforeEach(async () => (scene = await erasureScene()));
  afterEach(() => scene.release());

  it('is in no file of the database once it was purged, and what others wrote is where it was', async () => {
    await scene.project(ERASURE);
    await scene.erase();
    const before = await scene.onDisk();
    for (const word of WORDS) expect(before.join(), 'as a dead version').to.include(`${word} in `);
    await scene.purgeUntil(0);
    expect(await scene.onDisk()).to.deep.equal([]);
    const { rows } = await scene.database.pool.query(
      `select display_name, device, text from users.people join users.sessions using (user_id)
         join messages.messages on sender_id = user_id`,
    );
    expect(rows).to.deep.equal([{ display_name: 'Bob', device: 'pad of Bob', text: 'words of Bob' }]);
  });

  it('is not taken for cleared before every read model has forgotten it, while the key is purged', async () => {
    await scene.erase();
    await scene.purgeUntil(1);
    await scene.project(ERASURE);
    await scene.purgeUntil(0);
    expect(await scene.onDisk()).to.deep.equal([]);
  });

  // Readers wait while a table is rewritten.
  it('has only those tables written anew from which something can go', async () => {
    const files = async (query: string) => (await scene.database.pool.query<object>(query)).rows;
    const texts = await files(FILES_OF_TABLES);
    await scene.erase();
    await scene.purgeUntil(1);
    expect(await files(FILES_OF_TABLES), 'no read model has forgotten her').to.deep.equal(texts);
    const keys = await files(FILE_OF_KEYS);
    await scene.project(ERASURE);
    await scene.purgeUntil(0);
    expect(await files(FILES_OF_TABLES)).not.to.deep.equal(texts);
    expect(await files(FILE_OF_KEYS), 'her key was purged before').to.deep.equal(keys);
  });

  it('is not taken for cleared while a read model has parked the erasure', async () => {
    await scene.project(ERASURE);
    await scene.erase();
    await scene.database.pool.query(
      `insert into projections.parked (projection, position, stream_id, event_id, type, reason)
       values ('users', $1, $3, $2, 'UserErased', 'any')`,
      [ERASURE[0]!.position, randomUUID(), `user-${ada}`],
    );
    await scene.purgeUntil(1);
    await scene.database.pool.query('delete from projections.parked');
    await scene.purgeUntil(0);
  });

  it('is cleared also from tables that a rebuild had filled with it', async () => {
    const schema = rebuildSchema(usersProjection.name);
    const client = await scene.database.pool.connect();
    await beginGeneration(client, schema, usersProjection, usersReadModel).finally(() => client.release());
    const rebuilt = await scene.open(usersProjection, usersReadModel, schema);
    await rebuilt.project(BEFORE);
    await scene.project(ERASURE);
    await scene.erase();
    await scene.purgeUntil(1);
    await rebuilt.project(ERASURE);
    await scene.purgeUntil(0);
    expect(await scene.onDisk()).to.deep.equal([]);
    await rebuilt.release();
  });

  it('is not taken for cleared while a transaction may still read it', async () => {
    const reader = await scene.database.pool.connect();
    try {
      await reader.query('begin isolation level repeatable read');
      await reader.query('select 1 from users.people');
      await scene.project(ERASURE);
      await scene.erase();
      expect(await purgeErased(scene.database.pool)).to.deep.equal({ purged: 0, cleared: 0, waiting: 1 });
    } finally {
      await reader.query('commit');
      reader.release();
    }
    await scene.purgeUntil(0);
    expect(await scene.onDisk()).to.deep.equal([]);
  });

  // A new snapshot sees rows from the oldest writing transaction on, in whichever database of the server: while one was
  // open in another database, users were reported as cleared whose texts VACUUM FULL had copied.
  it('is not taken for cleared while another database has a transaction that began before', async () => {
    const other = await testDatabase();
    const writer = await other.pool.connect();
    try {
      await writer.query('begin');
      await writer.query('select pg_current_xact_id()');
      await scene.project(ERASURE);
      await scene.erase();
      expect(await purgeErased(scene.database.pool)).to.deep.equal({ purged: 0, cleared: 0, waiting: 1 });
    } finally {
      await writer.query('commit');
      writer.release();
      await other.drop();
    }
    await scene.purgeUntil(0);
    expect(await scene.onDisk()).to.deep.equal([]);
  });

  it('stays in tables too large to be written anew, which are named', async () => {
    const filesOfTables = async () => (await scene.database.pool.query<object>(FILES_OF_TABLES)).rows;
    await scene.project(ERASURE);
    await scene.erase();
    const before = await filesOfTables();
    await scene.purgeUntil(0, 0);
    expect(await filesOfTables()).to.deep.equal(before);
    expect((await destroyedKeys(scene.database.pool, 0)).large).to.include.members([
      'users.people',
      'messages.messages',
    ]);
    expect((await destroyedKeys(scene.database.pool)).large).to.deep.equal([]);
  });
});
