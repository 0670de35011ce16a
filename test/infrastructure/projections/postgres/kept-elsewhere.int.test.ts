import { expect } from 'chai';
import { AnnouncedProgress } from '../../../../src/application/projections/announced-progress.js';
import { messagesProjection } from '../../../../src/application/projections/registry.js';
import { createPool } from '../../../../src/infrastructure/postgres/pool.js';
import { dropUnused } from '../../../../src/infrastructure/projections/postgres/drop-unused.js';
import { listeningPrograms } from '../../../../src/infrastructure/projections/postgres/listening-programs.js';
import { createProgressListener } from '../../../../src/infrastructure/projections/postgres/progress-listener.js';
import { createProgressTeller } from '../../../../src/infrastructure/projections/postgres/progress-teller.js';
import { eventually } from '../../../support/eventually.js';
import { positionOf } from '../../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';
import { messagesGenerations } from '../../../support/projections.js';

const { name } = messagesProjection;
const quiet = { alive: () => undefined, log: { warn: () => undefined, error: () => undefined } as never };

describe('Projections that are kept elsewhere than in PostgreSQL', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database.drop());

  const schemas = async () =>
    (
      await database.pool.query<{ name: string }>(
        `select nspname as name from pg_namespace where nspname ~ '^messages'`,
      )
    ).rows;

  it('leave nothing in it, once no server works on what it had of them', async () => {
    expect(await dropUnused(database.pool, name), 'before there was any').to.equal(false);
    await messagesGenerations(database).prepare();
    const store = messagesGenerations(database).open();
    await store.acquire();
    expect(await dropUnused(database.pool, name), 'while a server works on it').to.equal(false);
    expect(await schemas()).to.have.length(1);
    await store.release();
    expect(await dropUnused(database.pool, name)).to.equal(true);
    expect(await schemas()).to.deep.equal([]);
    expect(await messagesGenerations(database).checkpoint()).to.equal(undefined);
  });

  it('are told of to other nodes through it, and those are known to run as long as they listen', async () => {
    const url = database.url;
    const other = createPool({ url, max: 2, name: 'other', onIdleError: () => undefined });
    const progress = new AnnouncedProgress(() => Promise.resolve(null));
    const listener = createProgressListener(other, progress, quiet);
    const [programs, { own }] = [listeningPrograms(database.pool), listeningPrograms(other)];
    expect(await programs.hasEnded(own), 'before it listens').to.equal(true);
    await listener.open();
    expect(await programs.hasEnded(own), 'while it listens').to.equal(false);
    const revised: string[] = [];
    progress.onRevised(name, () => revised.push(name));
    const teller = createProgressTeller(database.pool);
    for (const position of [1, 2, 3, 4]) teller.advanced(name, positionOf(position));
    await eventually(
      async () => progress.of(name),
      (position) => position === '4',
    );
    expect(revised).to.deep.equal([]);
    teller.revised(name);
    await eventually(
      async () => revised.length,
      (count) => count === 1,
    );
    await listener.close();
    await eventually(
      () => programs.hasEnded(own),
      (hasEnded) => hasEnded,
    );
    await other.end();
  });
});
