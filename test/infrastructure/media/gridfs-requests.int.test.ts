import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type { Document } from 'mongodb';
import { DatabaseUnavailableError } from '../../../src/application/ports/database-unavailable.js';
import type { BlobName } from '../../../src/application/ports/blob-store.js';
import type { Instant } from '../../../src/domain/kernel/ids.js';
import { CHUNK_BYTES, CHUNKS_AT_ONCE, GridFs } from '../../../src/infrastructure/media/gridfs.js';
import { openMongo, type MongoDatabase } from '../../../src/infrastructure/mongodb/open-mongo.js';
import { contentOf, readAll } from '../../support/contents.js';
import { expectIndexed } from '../../support/explained.js';
import { openGridFsBlobs } from '../../support/gridfs-blobs.js';
import { ada, mediaNumber } from '../../support/ids.js';
import { describeOnMongo, newDatabaseName } from '../../support/mongodb.js';
import { watchCommands } from '../../support/watched-commands.js';

const MEBIBYTE = 1_048_576;
const LONG_MS = 120_000;

describeOnMongo('What is asked of MongoDB for files', (server) => {
  let mongo: MongoDatabase;
  let opened: Awaited<ReturnType<typeof openGridFsBlobs>>;
  const blob: BlobName = { ownerId: ada, name: mediaNumber(1) };

  beforeEach(async () => {
    mongo = await openMongo(`${server().url}${newDatabaseName()}`, { monitorCommands: true });
    opened = await openGridFsBlobs(mongo);
  });
  afterEach(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  const askedFor = (commands: readonly Document[]): number[] =>
    commands
      .filter(({ find }) => find === 'media.chunks')
      .map(({ filter }) => (filter as { n: { $gte: number; $lt: number } }).n)
      .map(({ $gte, $lt }) => $lt - $gte);

  it('is no more than half a mebibyte at a time, whatever the size of a file', async function () {
    this.timeout(LONG_MS);
    const { commands, stop } = watchCommands(mongo.db);
    await opened.blobs.write(blob, contentOf(randomBytes(25 * MEBIBYTE)));
    stop();
    const inserts = commands.filter(({ insert }) => insert === 'media.chunks');
    const stored = inserts.map(({ documents }) => (documents as { data: Uint8Array }[]).map(({ data }) => data.length));
    expect(Math.max(...stored.map(({ length }) => length))).to.be.at.most(CHUNKS_AT_ONCE + 1);
    expect(
      stored
        .flat()
        .slice(0, -1)
        .every((length) => length === CHUNK_BYTES),
    ).to.equal(true);
    expect(commands.length - inserts.length, 'what is asked beside that').to.be.at.most(4);
  });

  it('goes no further ahead of who reads than one request, and no cursor stays open', async () => {
    await opened.blobs.write(blob, contentOf(randomBytes(4 * MEBIBYTE)));
    const found = await opened.blobs.find(blob);
    const { commands, stop } = watchCommands(mongo.db);
    const reading = found!.read(0, found!.size)[Symbol.asyncIterator]();
    await reading.next();
    expect(askedFor(commands)).to.have.length.within(2, 4);
    await reading.return?.(undefined);
    stop();
    expect(commands.filter((each) => 'getMore' in each)).to.deep.equal([]);
  });

  it('is the one or two chunks that a part of a file is in', async () => {
    const bytes = randomBytes(2 * MEBIBYTE);
    await opened.blobs.write(blob, contentOf(bytes));
    const found = await opened.blobs.find(blob);
    const { commands, stop } = watchCommands(mongo.db);
    for (const at of [0, 70_000, MEBIBYTE, bytes.length - 1])
      expect((await readAll(found!.read(at, at + 1)))[0]).to.equal(bytes[at]);
    stop();
    expect(askedFor(commands)).to.have.length(4);
    expect(Math.max(...askedFor(commands))).to.be.at.most(2);
  });

  it('is acknowledged by most servers each time, and is in the journal at the end', async () => {
    const { commands, stop } = watchCommands(mongo.db);
    await opened.blobs.write(blob, contentOf(randomBytes(MEBIBYTE)));
    await opened.blobs.remove(blob);
    stop();
    const concerns = commands.flatMap(({ writeConcern }) =>
      writeConcern ? [writeConcern as { w: unknown; j?: unknown }] : [],
    );
    const writes = commands.filter((each) => ['insert', 'update', 'delete'].some((name) => name in each));
    expect(concerns).to.have.length(writes.length);
    expect(concerns.every(({ w }) => w === 'majority')).to.equal(true);
    const ends = writes.filter((each) => each['delete'] === 'media.unfinished');
    expect(ends.map(({ writeConcern }) => (writeConcern as { j?: unknown }).j)).to.deep.equal([true, true]);
  });

  it('is not waited for without end', async () => {
    const bucket = new GridFs(mongo, 20);
    const failure = await bucket.ask('files', () => new Promise(() => undefined)).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(DatabaseUnavailableError);
  });
});

describeOnMongo(
  'Files in a real MongoDB',
  (server) => {
    it('are looked for by an index, each time', async () => {
      const mongo = await openMongo(`${server().url}${newDatabaseName()}`, { monitorCommands: true });
      const { blobs } = await openGridFsBlobs(mongo);
      const { commands, stop } = watchCommands(mongo.db);
      const blob: BlobName = { ownerId: ada, name: mediaNumber(1) };
      await blobs.write(blob, contentOf(randomBytes(MEBIBYTE)));
      const found = await blobs.find(blob);
      await readAll(found!.read(0, found!.size));
      const later = new Date(Date.now() + 60_000).toISOString() as Instant;
      for await (const _ of blobs.list(later));
      await blobs.removeDrafts(later);
      await blobs.remove(blob);
      await blobs.removeAllOf(ada);
      stop();
      const finds = commands.filter(({ find }) => String(find).startsWith('media.'));
      expect(await expectIndexed(mongo.db, finds)).to.be.greaterThan(4);
      await mongo.db.dropDatabase();
      await mongo.close();
    });
  },
  { real: true },
);
