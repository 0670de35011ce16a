import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { BlobStoreUnavailableError, type BlobName } from '../../../src/application/ports/blob-store.js';
import { answeringBlobFiles } from '../../../src/infrastructure/media/answering-blob-files.js';
import type { BlobDraft, BlobFiles } from '../../../src/infrastructure/media/blob-files.js';
import { blobPath } from '../../../src/infrastructure/media/blob-path.js';
import { createDiskBlobFiles } from '../../../src/infrastructure/media/disk-blob-files.js';
import { sealedBlobs } from '../../../src/infrastructure/media/sealed-blobs.js';
import { contentOf, readAll } from '../../support/contents.js';
import { eventually } from '../../support/eventually.js';
import { ada, mediaNumber } from '../../support/ids.js';
import { memoryUserKeys } from '../../support/user-keys.js';

const WITHIN_MS = 50;
const LONGER_MS = 120;
const PATIENT_MS = 1_000;
const MEBIBYTE = 1_048_576;
const done = () => Promise.resolve();
const hanging = () => new Promise<never>(() => undefined);

describe('Files of a place that hangs', () => {
  const blob: BlobName = { ownerId: ada, name: mediaNumber(1) };
  let folder: string;
  let disk: BlobFiles;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chatapp-hanging-'));
    disk = createDiskBlobFiles(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const refusalOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);
  const expectAway = async (work: Promise<unknown>) =>
    expect(await refusalOf(work)).to.be.instanceOf(BlobStoreUnavailableError);
  /** The disk, of which some answers do not come. */
  const where = (changed: Partial<BlobFiles>) => answeringBlobFiles({ ...disk, ...changed }, WITHIN_MS);
  const draftWhere = (changed: Partial<BlobDraft>) =>
    where({ begin: async () => ({ append: done, commit: done, discard: done, ...changed }) });
  const readingOf = (files: BlobFiles) => readAll(files.read(blob, 0, [10, 10]));

  it('are not waited for when one is begun, looked for, or removed', async () => {
    await expectAway(where({ begin: hanging }).begin(blob));
    await expectAway(where({ sizeOf: hanging }).sizeOf(blob));
    await expectAway(where({ remove: hanging }).remove(blob));
  });

  it('are not waited for when one is written, put in its place, or discarded', async () => {
    for (const step of ['append', 'commit', 'discard'] as const) {
      const draft = await draftWhere({ [step]: hanging }).begin(blob);
      await expectAway(draft[step](Buffer.from('words')));
    }
  });

  it('are not waited for when one is read, be it in its middle', async () => {
    async function* stuck() {
      yield Buffer.from('words');
      await hanging();
    }
    await expectAway(readingOf(where({ read: stuck })));
  });

  // The system waits for what opens a pipe that nobody writes to as it does for a file on a disk that is gone.
  it('are not waited for by who reads when the system waits for the disk', async () => {
    const path = join(folder, blobPath(blob));
    await mkdir(dirname(path), { recursive: true });
    await promisify(execFile)('mkfifo', [path]);
    await expectAway(readingOf(where({})));
    await (await open(path, 'w')).close(); // The system waits no more.
  });

  it('leave nothing behind of one that is begun too late', async () => {
    let discarded = 0;
    const begin = async (name: BlobName): Promise<BlobDraft> => {
      await sleep(LONGER_MS);
      const draft = await disk.begin(name);
      return { ...draft, discard: () => draft.discard().finally(() => (discarded += 1)) };
    };
    await expectAway(where({ begin }).begin(blob));
    await eventually(
      async () => discarded,
      (count) => count === 1,
    );
  });

  it('are told of without a wait for what is to be cleared up', async () => {
    const keys = memoryUserKeys();
    const write = async (step: keyof BlobDraft) => {
      // Were it waited for, its own failure would be raised.
      const discard = () => Promise.reject(new Error('cleared up'));
      const files = draftWhere({ discard, [step]: hanging });
      await expectAway(sealedBlobs(files, keys).write(blob, contentOf(Buffer.alloc(MEBIBYTE))));
    };
    await write('append');
    await write('commit');
  });

  it('wait for a client, whose pauses may be longer', async () => {
    const blobs = sealedBlobs(answeringBlobFiles(disk, PATIENT_MS), memoryUserKeys());
    const bytes = Buffer.alloc(2 * MEBIBYTE, 'x');
    async function* slowly() {
      for (const piece of [bytes.subarray(0, MEBIBYTE), bytes.subarray(MEBIBYTE)]) {
        await sleep(PATIENT_MS + LONGER_MS);
        yield piece;
      }
    }
    await blobs.write(blob, slowly());
    const found = await blobs.find(blob);
    const reading = found?.read(0, bytes.length)[Symbol.asyncIterator]();
    const first = await reading?.next();
    await sleep(PATIENT_MS + LONGER_MS);
    let read = (first?.value as Uint8Array).length;
    for (let next = await reading?.next(); next?.done === false; next = await reading?.next())
      read += next.value.length;
    expect(read).to.equal(bytes.length);
  });
});
