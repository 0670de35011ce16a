import { expect } from 'chai';
import { mediaProjection } from '../../../src/application/projections/registry.js';
import type { Instant } from '../../../src/domain/kernel/ids.js';
import { loadConfig } from '../../../src/infrastructure/config.js';
import { checkMedia } from '../../../src/infrastructure/doctor/media-check.js';
import { createPostgresGenerations } from '../../../src/infrastructure/projections/postgres/postgres-generations.js';
import type { BlobPlaces } from '../../../src/infrastructure/media/blob-places.js';
import { mediaReadModel } from '../../../src/infrastructure/read-models/postgres/media-read-model.js';
import { contentOf } from '../../support/contents.js';
import { openDiskBlobs } from '../../support/disk-blobs.js';
import { fact } from '../../support/events.js';
import { ada, mediaNumber } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { feed, recorded } from '../../support/projections.js';

const [one, two] = [mediaNumber(1), mediaNumber(2)];
const config = loadConfig({ NODE_ENV: 'development', MEDIA_KEEP_UNATTACHED: '60' });
const hoursAgo = (hours: number): Instant => new Date(Date.now() - hours * 3_600_000).toISOString() as Instant;

describe('What doctor says of files', () => {
  let database: TestDatabase;
  beforeEach(async () => (database = await testDatabase()));
  afterEach(() => database.drop());

  const outcome = async (facts: Parameters<typeof recorded>[0], places?: BlobPlaces) => {
    const generations = createPostgresGenerations({
      pool: database.pool,
      projection: mediaProjection,
      readModel: mediaReadModel,
    });
    await generations.prepare();
    const store = generations.open();
    await feed(store, recorded(facts), [facts.length]);
    await store.release();
    return checkMedia(database.pool, config, places)();
  };
  const uploaded = (mediaId: typeof one, uploadedAt: Instant) =>
    fact('MediaUploaded', { mediaId, uploadedAt, size: 1_048_576 });

  it('is how many of those that nobody has sent should be gone long ago', async () => {
    const found = await outcome([uploaded(one, hoursAgo(2)), uploaded(two, hoursAgo(0.5))]);
    expect(found).to.include({
      status: 'warning',
      detail: '2 files of 2 MiB, 1 of which were never sent and should be gone',
    });
  });

  it('is nothing of those that a message carries, however old they are', async () => {
    const found = await outcome([uploaded(one, hoursAgo(2)), fact('MediaAttached', { mediaId: one })]);
    expect(found).to.deep.equal({ status: 'ok', detail: '1 files of 1 MiB' });
  });

  it('is how many of the newest are not there, and how many are still to be moved', async () => {
    const [disk, other] = [await openDiskBlobs(), await openDiskBlobs()];
    await disk.blobs.write({ ownerId: ada, name: one }, contentOf(Buffer.from('words')));
    const facts = [one, two].map((mediaId) =>
      fact('MediaUploaded', { mediaId, uploaderId: ada, uploadedAt: hoursAgo(0), size: 5 }),
    );
    const found = await outcome(facts, { files: disk.files, move: { from: disk.files, to: other.files } });
    expect(found).to.include({
      status: 'warning',
      detail:
        '2 files of 1 MiB in MongoDB, 1 blobs are still to be moved there from DATA_DIR/media, 1 of the newest are not there',
    });
    await Promise.all([disk.close(), other.close()]);
  });
});
