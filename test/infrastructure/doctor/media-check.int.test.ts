import { expect } from 'chai';
import { mediaProjection } from '../../../src/application/projections/registry.js';
import type { Instant } from '../../../src/domain/kernel/ids.js';
import { loadConfig } from '../../../src/infrastructure/config.js';
import { checkMedia } from '../../../src/infrastructure/doctor/media-check.js';
import { createPostgresGenerations } from '../../../src/infrastructure/projections/postgres/postgres-generations.js';
import { mediaReadModel } from '../../../src/infrastructure/read-models/postgres/media-read-model.js';
import { fact } from '../../support/events.js';
import { mediaNumber } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { feed, recorded } from '../../support/projections.js';

const [one, two] = [mediaNumber(1), mediaNumber(2)];
const config = loadConfig({ NODE_ENV: 'development', MEDIA_KEEP_UNATTACHED: '60' });
const hoursAgo = (hours: number): Instant => new Date(Date.now() - hours * 3_600_000).toISOString() as Instant;

describe('What doctor says of files that nobody has sent', () => {
  let database: TestDatabase;
  beforeEach(async () => (database = await testDatabase()));
  afterEach(() => database.drop());

  const outcome = async (...facts: Parameters<typeof recorded>[0]) => {
    const generations = createPostgresGenerations({
      pool: database.pool,
      projection: mediaProjection,
      readModel: mediaReadModel,
    });
    await generations.prepare();
    const store = generations.open();
    await feed(store, recorded(facts), [facts.length]);
    await store.release();
    return checkMedia(database.pool, config)();
  };
  const uploaded = (mediaId: typeof one, uploadedAt: Instant) =>
    fact('MediaUploaded', { mediaId, uploadedAt, size: 1_048_576 });

  it('is how many should be gone long ago', async () => {
    const found = await outcome(uploaded(one, hoursAgo(2)), uploaded(two, hoursAgo(0.5)));
    expect(found).to.include({
      status: 'warning',
      detail: '2 files of 2 MiB, 1 of which were never sent and should be gone',
    });
  });

  it('is nothing of those that a message carries, however old they are', async () => {
    const found = await outcome(uploaded(one, hoursAgo(2)), fact('MediaAttached', { mediaId: one }));
    expect(found).to.deep.equal({ status: 'ok', detail: '1 files of 1 MiB' });
  });
});
