import { randomBytes } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { DamagedBlobError, type BlobName } from '../../../src/application/ports/blob-store.js';
import { SEALED_CHUNK_BYTES } from '../../../src/infrastructure/media/chunk-cipher.js';
import { sealedBlobs } from '../../../src/infrastructure/media/sealed-blobs.js';
import { contentOf, readAll } from '../../support/contents.js';
import { openDiskBlobs } from '../../support/disk-blobs.js';
import { ada, bob, mediaNumber } from '../../support/ids.js';

const CHUNK = 65_536;
const SIZE = 3 * CHUNK + 100;

describe('A sealed blob', () => {
  let opened: Awaited<ReturnType<typeof openDiskBlobs>>;
  const [one, other] = [1, 2].map((n): BlobName => ({ ownerId: ada, name: mediaNumber(n) })) as [BlobName, BlobName];

  beforeEach(async () => (opened = await openDiskBlobs()));
  afterEach(() => opened.close());

  const write = async (blob: BlobName, size = SIZE) => {
    const bytes = randomBytes(size);
    await opened.blobs.write(blob, contentOf(bytes));
    const [path = '', sealed = Buffer.alloc(0)] =
      [...(await opened.kept())].find(([name]) => name.includes(blob.ownerId) && name.endsWith(blob.name)) ?? [];
    const header = sealed.length - size - 4 * 16;
    return { bytes, path, sealed, header, chunkAt: (n: number) => header + n * SEALED_CHUNK_BYTES };
  };
  /** Answers what is read of a blob, from one place to another, or the error where there is nothing. */
  const outcome = async (blob: BlobName, start = 0, end?: number): Promise<unknown> => {
    try {
      const found = await opened.blobs.find(blob);
      return found && (await readAll(found.read(start, end ?? found.size)));
    } catch (error) {
      return error;
    }
  };

  it('is refused where any byte of it was changed, and read where that byte is not needed', async () => {
    const { bytes, path, sealed, chunkAt } = await write(one);
    for (const at of [0, chunkAt(0) - 1, chunkAt(0), chunkAt(1) + 5, chunkAt(2) - 1, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      await writeFile(path, changed);
      expect(await outcome(one), `byte ${at}`).to.be.instanceOf(DamagedBlobError);
    }
    const third = Buffer.from(sealed).fill(0, chunkAt(2), chunkAt(3));
    await writeFile(path, third);
    expect(await outcome(one, 10, 2 * CHUNK)).to.deep.equal(bytes.subarray(10, 2 * CHUNK));
    expect(await outcome(one, 10, 2 * CHUNK + 1)).to.be.instanceOf(DamagedBlobError);
  });

  it('is refused where two of its chunks change places', async () => {
    const { path, sealed, chunkAt } = await write(one);
    const [first, second] = [sealed.subarray(chunkAt(0), chunkAt(1)), sealed.subarray(chunkAt(1), chunkAt(2))];
    await writeFile(path, Buffer.concat([sealed.subarray(0, chunkAt(0)), second, first, sealed.subarray(chunkAt(2))]));
    expect(await outcome(one, 0, 1)).to.be.instanceOf(DamagedBlobError);
  });

  it('is refused where it was cut between chunks, or inside of one, or went on', async () => {
    const { path, sealed, chunkAt } = await write(one);
    const lengths = [chunkAt(3) + 20, chunkAt(3) + 5, chunkAt(3) + 1, chunkAt(3), chunkAt(0) + 5, chunkAt(0), 20, 0];
    for (const length of lengths) {
      await writeFile(path, sealed.subarray(0, length));
      expect(await outcome(one), `${length} bytes`).to.be.instanceOf(DamagedBlobError);
    }
    await writeFile(path, Buffer.concat([sealed, sealed.subarray(chunkAt(3))]));
    expect(await outcome(one)).to.be.instanceOf(DamagedBlobError);
  });

  it('is refused under the name of another one, of the same user or of another', async () => {
    const [{ sealed }, { path }] = [await write(one), await write(other)];
    await writeFile(path, sealed);
    expect(await outcome(other)).to.be.instanceOf(DamagedBlobError);
    const bobs = { ownerId: bob, name: one.name };
    const { path: pathOfBob } = await write(bobs);
    await writeFile(pathOfBob, sealed);
    expect(await outcome(bobs)).to.be.instanceOf(DamagedBlobError);
  });

  it('is read in the chunks that are needed, and no others', async () => {
    await write(one);
    const read: number[] = [];
    const counting = {
      ...opened.files,
      read: (blob: BlobName, offset: number, sizes: readonly number[]) => {
        read.push(...sizes);
        return opened.files.read(blob, offset, sizes);
      },
    };
    const found = await sealedBlobs(counting, opened.keys).find(one);
    read.length = 0;
    expect(await readAll(found!.read(CHUNK, CHUNK + 1))).to.have.length(1);
    expect(read).to.deep.equal([SEALED_CHUNK_BYTES]);
  });

  it('is for nobody else on this machine', async () => {
    const { path } = await write(one);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });
});
