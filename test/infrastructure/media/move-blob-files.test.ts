import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { DatabaseUnavailableError } from '../../../src/application/ports/database-unavailable.js';
import type { BlobName } from '../../../src/application/ports/blob-store.js';
import { blobFilesBeside } from '../../../src/infrastructure/media/blob-files-beside.js';
import type { BlobFiles } from '../../../src/infrastructure/media/blob-files.js';
import { moveBlobFiles, type BlobMove } from '../../../src/infrastructure/media/move-blob-files.js';
import { sealedBlobs } from '../../../src/infrastructure/media/sealed-blobs.js';
import { blobStoreContract } from '../../contracts/blob-store.js';
import { contentOf, readAll } from '../../support/contents.js';
import { openDiskBlobs } from '../../support/disk-blobs.js';
import { ada, bob, mediaNumber } from '../../support/ids.js';

/** Opens a place for blobs beside an older one. */
const openBeside = async () => {
  const [place, older] = [await openDiskBlobs(), await openDiskBlobs()];
  const { keys } = older;
  return {
    place,
    older,
    keys,
    blobs: sealedBlobs(blobFilesBeside(place.files, older.files), keys),
    kept: async () => new Map([...(await place.kept()), ...(await older.kept())]),
    close: async () => {
      await place.close();
      await older.close();
    },
  };
};

describe('Blobs that are kept beside an older place', () => blobStoreContract(openBeside));

describe('Moving blobs', () => {
  let opened: Awaited<ReturnType<typeof openBeside>>;
  const all = [
    { ownerId: ada, name: mediaNumber(1) },
    { ownerId: ada, name: mediaNumber(2) },
    { ownerId: bob, name: `${mediaNumber(3)}.thumbnail` },
  ];
  const [first, second] = all as [BlobName, BlobName];
  const bytes = randomBytes(1_300_000);

  beforeEach(async () => {
    opened = await openBeside();
    for (const blob of all) await opened.older.blobs.write(blob, contentOf(bytes));
  });
  afterEach(() => opened.close());

  const contentIn = async (blob: BlobName): Promise<Buffer | undefined> => {
    const found = await opened.blobs.find(blob);
    return found && readAll(found.read(0, found.size));
  };
  const moveAll = async ({ from = opened.older.files, to = opened.place.files }: Partial<BlobMove> = {}) => {
    const failed: BlobName[] = [];
    const moved = await moveBlobFiles(
      { from, to },
      { onMoved: () => undefined, onFailed: (blob) => failed.push(blob) },
    );
    return { moved, failed };
  };
  const counts = async () => [(await opened.place.kept()).size, (await opened.older.kept()).size];
  const expectAll = async (): Promise<void> => {
    for (const blob of all) expect((await contentIn(blob))?.equals(bytes), blob.name).to.equal(true);
  };

  it('leaves them readable before and after, and nothing in the old place', async () => {
    await expectAll();
    expect(await moveAll()).to.deep.equal({ moved: 3, failed: [] });
    expect(await counts()).to.deep.equal([3, 0]);
    await expectAll();
    expect(await moveAll()).to.deep.equal({ moved: 0, failed: [] });
  });

  it('ends what was interrupted before a blob went from the old place, or in the middle of it', async () => {
    const killed = () => Promise.reject(new DatabaseUnavailableError('the node was killed'));
    const from: BlobFiles = { ...opened.older.files, remove: killed };
    expect(await moveAll({ from }).catch((error: unknown) => error)).to.be.instanceOf(DatabaseUnavailableError);
    expect(await counts()).to.deep.equal([1, 3]);
    await expectAll();
    expect(await moveAll()).to.deep.equal({ moved: 3, failed: [] });
    expect(await counts()).to.deep.equal([3, 0]);
    await expectAll();
  });

  it('is not held up by one that fails, which stays where it is', async () => {
    const from: BlobFiles = {
      ...opened.older.files,
      read: (blob, ...place) => (blob.name === first.name ? contentless() : opened.older.files.read(blob, ...place)),
    };
    expect(await moveAll({ from })).to.deep.equal({ moved: 2, failed: [first] });
    expect(await counts()).to.deep.equal([2, 1]);
    await expectAll();
  });

  it('takes one that another node has moved meanwhile for moved', async () => {
    const from: BlobFiles = {
      ...opened.older.files,
      read: async function* (blob) {
        await moveAll();
        yield* opened.older.files.read(blob, 0, [1]);
      },
    };
    expect((await moveAll({ from })).failed).to.deep.equal([]);
    await expectAll();
  });

  // It was in neither place: a download failed, and the bundle of an auditor left the file out.
  it('leaves one readable that is moved while it is looked for', async () => {
    const { place, older, keys } = opened;
    let questions = 0;
    const moving = (at: number): BlobFiles => ({
      ...place.files,
      sizeOf: async (blob) => {
        const size = await place.files.sizeOf(blob);
        if ((questions += 1) === at) await moveAll();
        return size;
      },
    });
    for (const at of [1, 2, 3]) {
      questions = 0;
      const blobs = sealedBlobs(blobFilesBeside(moving(at), older.files), keys);
      const found = await blobs.find(first);
      expect(found && (await readAll(found.read(0, found.size))).equals(bytes), `question ${at}`).to.equal(true);
      expect(await counts(), `question ${at}`).to.deep.equal([3, 0]);
      await moveAll({ from: place.files, to: older.files });
    }
  });

  it('brings nothing back that was removed', async () => {
    await opened.blobs.remove(first);
    await opened.blobs.removeAllOf(bob);
    expect(await moveAll()).to.deep.equal({ moved: 1, failed: [] });
    await opened.blobs.remove(second);
    expect(await counts()).to.deep.equal([0, 0]);
  });
});

async function* contentless(): AsyncGenerator<Buffer> {
  yield Buffer.alloc(10);
}
