import { expect } from 'chai';
import { messagesProjection } from '../../../../src/application/projections/registry.js';
import { dropLeftovers } from '../../../../src/infrastructure/projections/postgres/drop-leftovers.js';
import {
  beginGeneration,
  rebuildSchema,
  verifySchema,
} from '../../../../src/infrastructure/projections/postgres/generations.js';
import { inTurn } from '../../../../src/infrastructure/projections/postgres/in-turn.js';
import { heldLocks } from '../../../support/advisory-locks.js';
import { eventually } from '../../../support/eventually.js';
import { failOn } from '../../../support/full-disk.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';
import { openMessages } from '../../../support/projections.js';
import { messagesReadModel } from '../../../../src/infrastructure/read-models/postgres/messages-read-model.js';

const NEVER_KEPT = () => Promise.resolve(false);
const { name } = messagesProjection;
const NAMED = `
  select nspname as schema from pg_namespace where nspname like 'messages%'
  union all select name from projections.checkpoints order by 1`;

// A comparison of read models with the log was ended by Ctrl-C: the tables that it had filled stayed with every text in
// them, also those of erased users, for ever.
describe('what a killed rebuild or comparison has left', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await testDatabase();
    await (await openMessages(database)).release();
    const client = await database.pool.connect();
    for (const schema of [rebuildSchema(name), verifySchema(name)])
      await beginGeneration(client, schema, messagesProjection, messagesReadModel);
    client.release();
  });
  afterEach(() => database.drop());

  const named = async () => (await database.pool.query<{ schema: string }>(NAMED)).rows.map(({ schema }) => schema);

  it('is thrown away, what is in use is left, and nothing stays locked', async () => {
    await dropLeftovers(database.pool, messagesProjection, NEVER_KEPT);
    expect(await named()).to.deep.equal([name, name]);
    expect(await heldLocks(database.pool)).to.equal(0);
  });

  it('is left alone while somebody is filling it', async () => {
    await inTurn(database.pool, name, new AbortController().signal, () =>
      dropLeftovers(database.pool, messagesProjection, NEVER_KEPT),
    );
    expect(await named()).to.deep.equal([name, name, rebuildSchema(name), rebuildSchema(name)]);
  });

  it('is left, and locked no longer, where it cannot be thrown away', async () => {
    await database.pool.query(failOn('delete', 'projections.checkpoints'));
    const failure = await dropLeftovers(database.pool, messagesProjection, NEVER_KEPT).catch((error: unknown) => error);
    expect(failure).to.have.property('message', 'no room');
    await eventually(
      () => heldLocks(database.pool),
      (locks) => locks === 0,
    );
    expect(await named()).to.have.length(6);
  });
});
