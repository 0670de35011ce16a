import { expect } from 'chai';
import { keepFile } from '../../../src/application/media/keep-file.js';
import { uploadMedia } from '../../../src/application/media/upload-media.js';
import { createTransact } from '../../../src/application/kernel/transact.js';
import { EventStoreUnavailableError, type EventStore } from '../../../src/application/ports/event-store.js';
import { createImages } from '../../../src/infrastructure/media/images.js';
import { contentOf, failing } from '../../support/contents.js';
import { openDiskBlobs } from '../../support/disk-blobs.js';
import { ada } from '../../support/ids.js';
import { createWorld, type World } from '../kernel/world.js';

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
    return uploadMedia(transact, keep, disk.blobs, identifiers)({ name: 'a.txt', content }, world.contextOf(ada));
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
    expect(await events()).to.deep.equal(['MediaUploaded']);
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

  it('keeps the file where it is not known whether the log has it', async () => {
    const lost = async (batch: Parameters<EventStore['append']>[0]): Promise<never> => {
      await world.store.append(batch);
      throw new EventStoreUnavailableError('the answer was lost');
    };
    const outcome = await upload(contentOf(Buffer.from('words')), lost).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(EventStoreUnavailableError);
    expect(await events()).to.deep.equal(['MediaUploaded']);
    expect((await disk.kept()).size).to.equal(1);
  });
});
