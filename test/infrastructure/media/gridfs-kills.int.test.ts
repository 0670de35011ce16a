import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { DatabaseUnavailableError } from '../../../src/application/ports/database-unavailable.js';
import type { BlobName, BlobStore } from '../../../src/application/ports/blob-store.js';
import type { Instant } from '../../../src/domain/kernel/ids.js';
import { createGridFsBlobFiles } from '../../../src/infrastructure/media/gridfs-blob-files.js';
import { moveBlobFiles } from '../../../src/infrastructure/media/move-blob-files.js';
import { sealedBlobs } from '../../../src/infrastructure/media/sealed-blobs.js';
import { openMongo, type MongoDatabase } from '../../../src/infrastructure/mongodb/open-mongo.js';
import { contentOf, readAll } from '../../support/contents.js';
import { openDiskBlobs } from '../../support/disk-blobs.js';
import { openGridFsBlobs, storedInGridFs } from '../../support/gridfs-blobs.js';
import { ada, mediaNumber } from '../../support/ids.js';
import { interceptedMongo } from '../../support/intercepted-mongo.js';
import { mortalMongo } from '../../support/mortal-mongo.js';
import { eventually } from '../../support/eventually.js';
import { describeOnMongo, newDatabaseName, untilAnswering } from '../../support/mongodb.js';

const LONG_MS = 300_000;
/** Two requests store it. */
const BYTES = 700_000;
const MOST_STEPS = 60;

const later = (): Instant => new Date(Date.now() + 60_000).toISOString() as Instant;

const endOf = (work: Promise<unknown>): Promise<'done' | 'failed'> =>
  work.then(
    () => 'done',
    () => 'failed',
  );

/** Answers what is there beside whole files: files that are not whole, chunks of others, and records. */
const leftoversIn = async (mongo: MongoDatabase): Promise<object[]> => {
  const { files, chunks, unfinished } = await storedInGridFs(mongo);
  const bytes = new Map(files.map(({ _id }) => [_id, 0]));
  for (const { files_id: id = '', data } of chunks)
    bytes.set(id, (bytes.get(id) ?? Number.NaN) + (data?.length() ?? 0));
  for (const { _id, length } of files) if (bytes.get(_id) === Number(length)) bytes.delete(_id);
  return [...bytes, ...unfinished];
};

const expectWhole = async (mongo: MongoDatabase, when: string): Promise<void> => {
  expect(await leftoversIn(mongo), when).to.deep.equal([]);
};

describeOnMongo('Files in GridFS whose node is killed', (server) => {
  let mongo: MongoDatabase;
  let opened: Awaited<ReturnType<typeof openGridFsBlobs>>;
  const blob: BlobName = { ownerId: ada, name: mediaNumber(1) };
  const kept: BlobName = { ownerId: ada, name: mediaNumber(2) };
  const [bytes, keptBytes] = [randomBytes(BYTES), randomBytes(BYTES)];

  before(async () => (mongo = await openMongo(`${server().url}${newDatabaseName()}`)));
  beforeEach(async () => {
    opened = await openGridFsBlobs(mongo);
    await opened.blobs.write(kept, contentOf(keptBytes));
  });
  afterEach(() => opened.close());
  after(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  const contentIn = async (name: BlobName): Promise<Buffer | undefined> => {
    const found = await opened.blobs.find(name);
    return found && readAll(found.read(0, found.size));
  };
  const blobsOf = (database: MongoDatabase): BlobStore => sealedBlobs(createGridFsBlobFiles(database), opened.keys);

  /** Has a node do this again and again, and killed a step later each time, until it lives long enough. */
  const killedAnywhere = async (
    prepare: () => Promise<unknown>,
    work: (blobs: BlobStore) => Promise<unknown>,
    check: (end: 'done' | 'failed', when: string) => Promise<unknown>,
  ): Promise<void> => {
    let steps = 0;
    for (let end = 'failed'; end === 'failed'; steps += 1) {
      expect(steps).to.be.below(MOST_STEPS);
      await prepare();
      const { mongo: mortal, bury } = mortalMongo(mongo, steps);
      const ended = await endOf(work(blobsOf(mortal)));
      await bury();
      await opened.blobs.removeDrafts(later());
      const when = `after ${steps} steps`;
      await expectWhole(mongo, when);
      await check(ended, when);
      expect((await contentIn(kept))?.equals(keptBytes), when).to.equal(true);
      end = ended;
    }
    expect(steps).to.be.greaterThan(5);
  };

  it('are whole or gone, wherever it is killed in an upload, and there if that was acknowledged', async function () {
    this.timeout(LONG_MS);
    await killedAnywhere(
      () => opened.blobs.remove(blob),
      (blobs) => blobs.write(blob, contentOf(bytes)),
      async (end, when) => {
        const found = await contentIn(blob);
        expect(found === undefined || found.equals(bytes), when).to.equal(true);
        expect(end === 'failed' || found !== undefined, when).to.equal(true);
      },
    );
  });

  it('are as before or as after, wherever it is killed while it replaces one', async function () {
    this.timeout(LONG_MS);
    const earlier = randomBytes(BYTES);
    await killedAnywhere(
      () => opened.blobs.write(blob, contentOf(earlier)),
      (blobs) => blobs.write(blob, contentOf(bytes)),
      async (end, when) => {
        const found = await contentIn(blob);
        const allowed = end === 'done' ? [bytes] : [bytes, earlier];
        expect(
          allowed.some((each) => found?.equals(each)),
          when,
        ).to.equal(true);
      },
    );
  });

  it('are whole or gone, wherever it is killed in a removal, and gone if that was acknowledged', async function () {
    this.timeout(LONG_MS);
    await killedAnywhere(
      () => opened.blobs.write(blob, contentOf(bytes)),
      (blobs) => blobs.remove(blob),
      async (end, when) => {
        const found = await contentIn(blob);
        expect(found === undefined || (end === 'failed' && found.equals(bytes)), when).to.equal(true);
      },
    );
  });

  it('are not acknowledged once they were given up, wherever the sweep that did so is killed', async function () {
    this.timeout(LONG_MS);
    const ends = new Set<string>();
    await killedAnywhere(
      () => opened.blobs.remove(blob),
      async (sweeping) => {
        const swept: string[] = [];
        async function* content() {
          yield* contentOf(bytes);
          swept.push(await endOf(sweeping.removeDrafts(later())));
        }
        const end = await endOf(opened.blobs.write(blob, content()));
        ends.add(end);
        expect((await contentIn(blob))?.equals(bytes) ?? false).to.equal(end === 'done');
        if (swept[0] === 'failed') throw new Error('the sweep was killed');
      },
      async () => undefined,
    );
    expect([...ends]).to.have.members(['done', 'failed']);
  });

  it('are not acknowledged where the sweep has begun before they were put in place, and ends behind that', async () => {
    const { mongo: held, release } = sweepHeldAfterClaim(mongo);
    let sweeping: Promise<unknown> = Promise.resolve();
    let untilClaimed: Promise<unknown> = Promise.resolve();
    async function* content() {
      yield* contentOf(bytes);
      const { database, claimed } = held;
      untilClaimed = claimed;
      sweeping = blobsOf(database).removeDrafts(later());
      await untilClaimed;
    }
    expect(await endOf(opened.blobs.write(blob, content()))).to.equal('failed');
    release();
    await sweeping;
    expect(await contentIn(blob)).to.equal(undefined);
    await expectWhole(mongo, 'at the end');
  });

  it('are gone although the file itself came later than all that follows', async () => {
    const { database, release } = withLateFile(mongo);
    expect(await endOf(blobsOf(database).write(blob, contentOf(bytes)))).to.equal('failed');
    await release();
    await opened.blobs.removeDrafts(later());
    expect(await contentIn(blob)).to.equal(undefined);
    await expectWhole(mongo, 'at the end');
  });

  it('are kept, wherever it is killed while it moves them from its disk', async function () {
    this.timeout(LONG_MS);
    const disk = await openDiskBlobs();
    const small = bytes.subarray(0, 1_000);
    const moveTo = (database: MongoDatabase) =>
      moveBlobFiles(
        { from: disk.files, to: createGridFsBlobFiles(database) },
        { onMoved: () => undefined, onFailed: () => undefined },
      );
    try {
      let steps = 0;
      for (let end = 'failed'; end === 'failed'; steps += 1) {
        await opened.blobs.remove(blob);
        await sealedBlobs(disk.files, opened.keys).write(blob, contentOf(small));
        const { mongo: mortal, bury, death } = mortalMongo(mongo, steps);
        await endOf(moveTo(mortal));
        end = death.aborted ? 'failed' : 'done';
        await bury();
        await moveTo(mongo); // the node is started again
        await opened.blobs.removeDrafts(later());
        const when = `after ${steps} steps`;
        await expectWhole(mongo, when);
        expect((await contentIn(blob))?.equals(small), when).to.equal(true);
        expect((await disk.kept()).size, when).to.equal(0);
      }
      expect(steps).to.be.greaterThan(5);
    } finally {
      await disk.close();
    }
  });
});

/** Makes a database whose client gets no answer to its request for the file itself, which is carried out once it is released. */
const withLateFile = (mongo: MongoDatabase) => {
  let late: (() => unknown) | undefined;
  let inserted = 0;
  const database = interceptedMongo(mongo, (name, request) => {
    if (name === 'insertOne') inserted += 1;
    if (name !== 'insertOne' || inserted !== 2) return request();
    late = request;
    return Promise.reject(new DatabaseUnavailableError('there was no answer'));
  });
  return { database, release: () => late?.() };
};

/** Makes a database whose client stands still before it deletes anything, until it is released. */
const sweepHeldAfterClaim = (mongo: MongoDatabase) => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let claim = (): void => undefined;
  const claimed = new Promise<void>((resolve) => (claim = resolve));
  const held = interceptedMongo(mongo, (name, request) => {
    if (name !== 'deleteOne' && name !== 'deleteMany') return request();
    claim();
    return released.then(request);
  });
  return { mongo: { database: held, claimed }, release: () => release() };
};

describeOnMongo(
  'Files in a MongoDB that is killed',
  (server) => {
    it('are kept if they were acknowledged, and of others nothing is left', async function () {
      this.timeout(LONG_MS);
      const mongo = await openMongo(`${server().url}${newDatabaseName()}`);
      const opened = await openGridFsBlobs(mongo);
      const { blobs } = opened;
      const [first, second] = [1, 2].map((n): BlobName => ({ ownerId: ada, name: mediaNumber(n) })) as [
        BlobName,
        BlobName,
      ];
      const bytes = randomBytes(BYTES);
      await blobs.write(first, contentOf(bytes));
      for (const at of [0, 600_000, BYTES - 1]) {
        async function* content() {
          yield* contentOf(bytes.subarray(0, at));
          await server().kill();
          yield* contentOf(bytes.subarray(at));
        }
        const failure = await blobs.write(second, content()).catch((error: unknown) => error);
        expect(failure, `killed at byte ${at}`).to.be.instanceOf(DatabaseUnavailableError);
        await server().restart();
        await untilAnswering(server().url);
        expect(await blobs.find(second)).to.equal(undefined);
        // What was given up is cleared up until after that was told: a record that comes behind a sweep goes with the next one.
        const swept = () => blobs.removeDrafts(later()).then(() => leftoversIn(mongo));
        await eventually(swept, (left) => left.length === 0);
        const found = await blobs.find(first);
        expect(found && (await readAll(found.read(0, BYTES))).equals(bytes)).to.equal(true);
      }
      await mongo.db.dropDatabase();
      await mongo.close();
    });
  },
  { killable: true },
);
