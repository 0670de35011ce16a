import { expect } from 'chai';
import { keepFile } from '../../../src/application/media/keep-file.js';
import { uploadMedia } from '../../../src/application/media/upload-media.js';
import { createTransact } from '../../../src/application/kernel/transact.js';
import { BlobStoreUnavailableError } from '../../../src/application/ports/blob-store.js';
import { EventStoreUnavailableError, type EventStore } from '../../../src/application/ports/event-store.js';
import { createImages } from '../../../src/infrastructure/media/images.js';
import { contentOf, failing } from '../../support/contents.js';
import { openDiskBlobs } from '../../support/disk-blobs.js';
import { ada } from '../../support/ids.js';
import { createWorld, type World } from '../kernel/world.js';

const QUOTA = 1_000;

describe('Uploading a file', () => {
  let world: World;
  let disk: Awaited<ReturnType<typeof openDiskBlobs>>;

  beforeEach(async () => {
    [world, disk] = [await createWorld(), await openDiskBlobs()];
  });
  afterEach(() => disk.close());

  const upload = (content: AsyncIterable<Uint8Array>, append?: EventStore['append']) => {
    const { store, identifiers } = world;
    const watched: EventStore = new Proxy(store, {
      get: (it, name: keyof EventStore) => (name === 'append' && append ? append : it[name].bind(it)),
    });
    const transact = createTransact(watched, identifiers, () => Promise.resolve());
    const keep = keepFile(disk.blobs, createImages());
    const parts = { transact, store: watched, keep, blobs: disk.blobs, identifiers, quotaBytes: QUOTA };
    return uploadMedia(parts)({ name: 'a.txt', content }, world.contextOf(ada));
  };
  const events = async () => {
    const types: string[] = [];
    for await (const { type } of world.store.readAll()) types.push(type);
    return types;
  };

  it('has it on the disk, whole, before the log says so', async () => {
    const keptBefore: string[] = [];
    const { mediaId } = await upload(contentOf(Buffer.from('words')), async (batch) => {
      keptBefore.push(...(await disk.kept()).keys());
      return world.store.append(batch);
    });
    expect(keptBefore.map((path) => path.slice(-mediaId.length))).to.deep.equal([mediaId]);
    expect(await events()).to.deep.equal(['StorageTaken', 'MediaUploaded']);
  });

  it('tells the type by all of the first bytes, in however small pieces they come', async () => {
    const { contentType, size } = await upload(contentOf(Buffer.from('%PDF-1.7'), 1));
    expect([contentType, size]).to.deep.equal(['application/pdf', 8]);
  });

  it('keeps nothing where it is cut', async () => {
    for (const length of [0, 10, 5_000, 200_000]) {
      const cut = await upload(failing(Buffer.alloc(length), new Error('cut'))).catch((error: unknown) => error);
      expect(String(cut)).to.equal('Error: cut');
    }
    expect([await events(), [...(await disk.kept()).keys()]]).to.deep.equal([[], []]);
  });

  it('keeps nothing where it is refused', async () => {
    const refused = await upload(contentOf(Buffer.alloc(0))).catch((error: unknown) => error);
    expect(refused).to.include({ code: 'media_empty' });
    expect([await events(), [...(await disk.kept()).keys()]]).to.deep.equal([[], []]);
  });

  it('takes files up to the quota of their user, to the byte, and keeps nothing beyond', async () => {
    await upload(contentOf(Buffer.alloc(QUOTA - 100)));
    const refused = await upload(contentOf(Buffer.alloc(101))).catch((error: unknown) => error);
    expect(refused).to.include({ code: 'media_quota_exceeded' });
    expect((await disk.kept()).size).to.equal(1);
    await upload(contentOf(Buffer.alloc(100)));
    const unread = await upload(failing(Buffer.alloc(0), new Error('was read'))).catch((error: unknown) => error);
    expect(unread).to.include({ code: 'media_quota_exceeded' });
  });

  it('takes files up to the quota also where many come at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => upload(contentOf(Buffer.alloc(300)))));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(3);
    expect((await disk.kept()).size).to.equal(3);
  });

  // Each thing that was to be removed was waited for, from a store that had not answered before.
  it('is told at once that the store is away, whatever cannot be removed then', async () => {
    const away = new BlobStoreUnavailableError('it hangs');
    const remove = () => Promise.reject(new Error('it was waited for'));
    const { store, identifiers } = world;
    const transact = createTransact(store, identifiers, () => Promise.resolve());
    const parts = { transact, store, blobs: { ...disk.blobs, remove }, identifiers, quotaBytes: QUOTA };
    const uploading = uploadMedia({ ...parts, keep: () => Promise.reject(away) });
    const content = contentOf(Buffer.from('words'));
    const outcome = await uploading({ name: 'a.txt', content }, world.contextOf(ada)).catch((error: unknown) => error);
    expect(outcome).to.equal(away);
  });

  it('keeps the file where it is not known whether the log has it', async () => {
    const lost = async (batch: Parameters<EventStore['append']>[0]): Promise<never> => {
      await world.store.append(batch);
      throw new EventStoreUnavailableError('the answer was lost');
    };
    const outcome = await upload(contentOf(Buffer.from('words')), lost).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(EventStoreUnavailableError);
    expect(await events()).to.deep.equal(['StorageTaken', 'MediaUploaded']);
    expect((await disk.kept()).size).to.equal(1);
  });
});
