import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { DamagedBlobError, type BlobName, type BlobStore } from '../../src/application/ports/blob-store.js';
import type { Instant } from '../../src/domain/kernel/ids.js';
import type { UserKeys } from '../../src/application/ports/user-keys.js';
import { ada, bob, mediaNumber } from '../support/ids.js';
import { contentOf, failing, readAll } from '../support/contents.js';

/** A blob store, the keys of its users, and the bytes that it keeps. */
export interface BlobsUnderTest {
  readonly blobs: BlobStore;
  readonly keys: UserKeys;
  /** Answers all the bytes that are kept, by the name under which they are kept, with those of unfinished blobs. */
  kept(): Promise<ReadonlyMap<string, Buffer>>;
  close(): Promise<void>;
}

const CHUNK = 65_536;
const SIZES = [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7, 16 * CHUNK, 17 * CHUNK + 1];

/** Tests what every adapter of the blob store guarantees. */
export const blobStoreContract = (open: () => Promise<BlobsUnderTest>): void => {
  let opened: BlobsUnderTest;
  let blobs: BlobStore;
  const blob: BlobName = { ownerId: ada, name: mediaNumber(1) };

  beforeEach(async () => {
    opened = await open();
    ({ blobs } = opened);
  });
  afterEach(() => opened.close());

  const found = async (name: BlobName) => {
    const it = await blobs.find(name);
    if (!it) throw new Error('it is not there');
    return it;
  };
  const raised = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  for (const size of SIZES)
    it(`gives back ${size} bytes as they were, and their hash, however they came`, async () => {
      const bytes = randomBytes(size);
      for (const piece of [size, 1_000, 70_000]) {
        const stored = await blobs.write(blob, contentOf(bytes, piece));
        expect(stored).to.deep.equal({ size, sha256: createHash('sha256').update(bytes).digest('hex') });
        const { size: length, read } = await found(blob);
        expect(length).to.equal(size);
        expect(await readAll(read(0, size))).to.deep.equal(bytes);
      }
    });

  it('keeps a content while it comes in: it never holds more than two MiB of it', async () => {
    const [mebibyte, pieces] = [1_048_576, 128];
    const held: number[] = [];
    async function* content() {
      for (let n = 0; n < pieces; n += 1) {
        if (n % 16 === 15) {
          const keptBytes = [...(await opened.kept()).values()].reduce((sum, { length }) => sum + length, 0);
          held.push(n * CHUNK - keptBytes);
        }
        yield randomBytes(CHUNK);
      }
    }
    await blobs.write(blob, content());
    expect(held).to.have.length(8);
    expect(Math.max(...held)).to.be.below(2 * mebibyte);
  });

  it('gives back any part', async () => {
    const bytes = randomBytes(9 * CHUNK + 7);
    await blobs.write(blob, contentOf(bytes));
    const { read } = await found(blob);
    const edges = [
      0,
      1,
      CHUNK - 1,
      CHUNK,
      CHUNK + 1,
      2 * CHUNK,
      8 * CHUNK,
      8 * CHUNK + 1,
      bytes.length - 1,
      bytes.length,
    ];
    for (const start of edges)
      for (const end of edges.filter((each) => each >= start))
        expect((await readAll(read(start, end))).equals(bytes.subarray(start, end)), `${start}-${end}`).to.equal(true);
  });

  it('keeps nothing of what is in it in the clear', async () => {
    const words = Buffer.from('a plan that nobody else may read ');
    await blobs.write(blob, contentOf(Buffer.concat(Array<Buffer>(5_000).fill(words))));
    const kept = [...(await opened.kept()).values()];
    expect(kept).to.have.length(1);
    for (const bytes of kept) expect(bytes.includes(words)).to.equal(false);
  });

  it('does not know what it was never given, and what was removed', async () => {
    expect(await blobs.find(blob)).to.equal(undefined);
    await blobs.write(blob, contentOf(randomBytes(10)));
    expect(await blobs.find({ ...blob, ownerId: bob })).to.equal(undefined);
    for (let times = 0; times < 2; times += 1) await blobs.remove(blob);
    expect(await blobs.find(blob)).to.equal(undefined);
    expect((await opened.kept()).size).to.equal(0);
  });

  for (const after of [0, 1, CHUNK, 17 * CHUNK + 5])
    it(`keeps nothing of a content that fails after ${after} bytes`, async () => {
      const failure = new Error('cut');
      expect(await raised(blobs.write(blob, failing(randomBytes(after), failure)))).to.equal(failure);
      expect(await blobs.find(blob)).to.equal(undefined);
      expect((await opened.kept()).size).to.equal(0);
    });

  it('keeps the earlier content where a later one fails', async () => {
    const bytes = randomBytes(100);
    await blobs.write(blob, contentOf(bytes));
    await raised(blobs.write(blob, failing(randomBytes(CHUNK * 2), new Error('cut'))));
    expect(await readAll((await found(blob)).read(0, 100))).to.deep.equal(bytes);
  });

  const listed = async (since: number) => {
    const all: BlobName[] = [];
    for await (const each of blobs.list(new Date(since).toISOString() as Instant)) all.push(each);
    return all;
  };

  it('lists what has not been written since some time', async () => {
    const other = { ownerId: bob, name: `${mediaNumber(1)}.thumbnail` };
    for (const each of [blob, other]) await blobs.write(each, contentOf(randomBytes(10)));
    expect(await listed(Date.now() + 60_000)).to.have.deep.members([blob, other]);
    expect(await listed(Date.now() - 60_000)).to.deep.equal([]);
  });

  it('removes all blobs of a user, and of no other', async () => {
    const bobs = { ...blob, ownerId: bob };
    for (const each of [blob, { ...blob, name: 'another' }, bobs]) await blobs.write(each, contentOf(randomBytes(10)));
    for (let times = 0; times < 2; times += 1) await blobs.removeAllOf(ada);
    expect(await listed(Date.now() + 60_000)).to.deep.equal([bobs]);
    expect((await opened.kept()).size).to.equal(1);
  });

  it('removes what was begun and has not been written to since some time', async () => {
    const drafts = async (since: number): Promise<number> => {
      await blobs.removeDrafts(new Date(since).toISOString() as Instant);
      return (await opened.kept()).size;
    };
    const left: number[] = [];
    async function* looking() {
      yield randomBytes(200_000);
      left.push(await drafts(Date.now() - 60_000), await drafts(Date.now() + 60_000));
      throw new Error('cut');
    }
    await raised(blobs.write(blob, looking()));
    expect(left).to.deep.equal([1, 0]);
  });

  it('opens nothing of a user whose key is gone', async () => {
    await blobs.write(blob, contentOf(randomBytes(10)));
    opened.keys.forget(ada);
    expect(await raised(blobs.find(blob))).to.be.instanceOf(DamagedBlobError);
    expect(await raised(blobs.write(blob, contentOf(randomBytes(10))))).to.have.property('name', 'UserErasedError');
  });

  it('takes no name that leads elsewhere', async () => {
    for (const name of ['../outside', '.', '..', 'a/b', 'a\\b', '', 'a\0b', 'a'.repeat(101)])
      expect(await raised(blobs.write({ ownerId: ada, name }, contentOf(randomBytes(10)))), name).to.be.instanceOf(
        Error,
      );
    expect((await opened.kept()).size).to.equal(0);
  });
};
