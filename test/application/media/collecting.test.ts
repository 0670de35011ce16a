import { mkdir, rm } from 'node:fs/promises';
import { expect } from 'chai';
import { decision } from '../../../src/application/kernel/decision.js';
import type { StandingHolds } from '../../../src/application/holds/standing-holds.js';
import { holdUseCases } from '../../../src/application/holds/use-cases.js';
import { collectMedia } from '../../../src/application/media/collect-media.js';
import { collectUnattached } from '../../../src/application/media/collect-unattached.js';
import { keepFile } from '../../../src/application/media/keep-file.js';
import { removeOrphans } from '../../../src/application/media/remove-orphans.js';
import { uploadMedia } from '../../../src/application/media/upload-media.js';
import { requireRole } from '../../../src/application/roles/require-role.js';
import { eraseUser } from '../../../src/application/users/erase-user.js';
import type { Instant, MediaId, Sha256, UserId } from '../../../src/domain/kernel/ids.js';
import { media } from '../../../src/domain/media/decider.js';
import { createImages } from '../../../src/infrastructure/media/images.js';
import { contentOf } from '../../support/contents.js';
import { openDiskBlobs } from '../../support/disk-blobs.js';
import { ada, mediaNumber, messageNumber } from '../../support/ids.js';
import { createWorld, type World } from '../kernel/world.js';

const later = (): Instant => new Date(Date.now() + 60_000).toISOString() as Instant;
const earlier = (): Instant => new Date(Date.now() - 60_000).toISOString() as Instant;

describe('Collecting files', () => {
  let world: World;
  let disk: Awaited<ReturnType<typeof openDiskBlobs>>;
  beforeEach(async () => {
    [world, disk, failed] = [await createWorld(), await openDiskBlobs(), []];
  });
  afterEach(() => disk.close());

  const upload = (userId: UserId, size = 5) => {
    const { transact, store, identifiers } = world;
    const keep = keepFile(disk.blobs, createImages());
    const parts = { transact, store, keep, blobs: disk.blobs, identifiers, quotaBytes: 1_000 };
    return uploadMedia(parts)({ name: 'a.txt', content: contentOf(Buffer.alloc(size)) }, world.contextOf(userId));
  };
  const collecting = (due: readonly MediaId[]) =>
    collectUnattached(
      { unattached: async (_, limit, except) => due.filter((each) => !except.includes(each)).slice(0, limit) },
      collectMedia({ ...world, blobs: disk.blobs }),
    );
  let failed: MediaId[];
  const parts = () => ({
    newContext: () => world.contextOf(null),
    onFailed: (mediaId: MediaId) => failed.push(mediaId),
    onTried: () => undefined,
  });
  const kept = async () => [...(await disk.kept()).keys()].map((path) => path.slice(path.lastIndexOf('/') + 1));

  it('removes them from the log and from the disk, and frees their room', async () => {
    const { mediaId } = await upload(ada, 900);
    expect(await collecting([mediaId])(later(), parts())).to.equal(1);
    expect(await world.typesIn(`media-${mediaId}`)).to.deep.equal(['MediaUploaded', 'MediaRemoved']);
    expect(await kept()).to.deep.equal([]);
    await upload(ada, 900);
  });

  it('removes each once, however often it is listed, and frees its room once', async () => {
    await upload(ada, 600);
    const { mediaId } = await upload(ada, 300);
    await Promise.all([1, 2, 3].map(() => collecting([mediaId, mediaId])(later(), parts())));
    expect(await world.logged('StorageFreed')).to.have.length(1);
    expect(await upload(ada, 401).catch((error: unknown) => error)).to.include({ code: 'media_quota_exceeded' });
  });

  it('leaves those that are younger than a late read model says, and those that do not exist', async () => {
    const { mediaId } = await upload(ada);
    expect(await collecting([mediaId, mediaNumber(9)])(earlier(), parts())).to.equal(0);
    expect(await world.logged('MediaRemoved')).to.deep.equal([]);
    expect(await kept()).to.deep.equal([mediaId]);
    expect(failed).to.deep.equal([]);
  });

  it('tells of one that cannot be removed, counts it as not removed, and goes on with the next', async () => {
    const [stuck, next] = [await upload(ada), await upload(ada)];
    const [path] = [...(await disk.kept()).keys()].filter((each) => each.endsWith(stuck.mediaId));
    await rm(path!);
    await mkdir(path!);
    expect(await collecting([stuck.mediaId, next.mediaId])(later(), parts())).to.equal(1);
    expect(failed).to.deep.equal([stuck.mediaId]);
    expect(await kept()).to.deep.equal([]);
  });

  it('leaves those of a user who is held, and takes them once the hold is lifted', async () => {
    const userId = await world.user('ada');
    const { mediaId } = await upload(userId);
    const holds = holdUseCases({ ...world, requireRole: requireRole(world.users) });
    const hold = { subject: { userId, conversationId: null }, matter: 'general', reason: 'Complaint' };
    await holds.placeHold(hold, world.contextOf(null));
    expect(await collecting([mediaId])(later(), parts())).to.equal(0);
    expect([await kept(), failed]).to.deep.equal([[mediaId], []]);
    await holds.liftHold(hold, world.contextOf(null));
    expect(await collecting([mediaId])(later(), parts())).to.equal(1);
    expect(await kept()).to.deep.equal([]);
  });

  it('leaves those of a user who is held at that very moment', async () => {
    const userId = await world.user('ada');
    const { mediaId } = await upload(userId);
    const holds = holdUseCases({ ...world, requireRole: requireRole(world.users) });
    const hold = { subject: { userId, conversationId: null }, matter: 'general', reason: 'Complaint' };
    let looked = 0;
    const lookUp: StandingHolds['lookUp'] = async (id) => {
      const found = await world.holds.lookUp(id);
      if ((looked += 1) === 1) await holds.placeHold(hold, world.contextOf(null));
      return found;
    };
    const collect = collectMedia({ ...world, blobs: disk.blobs, holds: { lookUp } });
    expect(await collect(mediaId, later(), world.contextOf(null))).to.equal(false);
    expect([looked, await kept()]).to.deep.equal([2, [mediaId]]);
  });

  // A hundred files that could not be removed, the oldest of all, were tried again and again, and no other ever was.
  it('goes on behind any number that cannot be removed, and tries each once in a round', async () => {
    const stuck = Array.from({ length: 250 }, (_, n) => mediaNumber(n + 1));
    const { mediaId } = await upload(ada);
    const collect = collectMedia({ ...world, blobs: disk.blobs });
    const run = collectUnattached(
      {
        unattached: async (_, limit, except) =>
          [...stuck, mediaId].filter((each) => !except.includes(each)).slice(0, limit),
      },
      async (each, ...more) =>
        each === mediaId ? collect(each, ...more) : Promise.reject(new Error('the disk is broken')),
    );
    expect(await run(later(), parts())).to.equal(1);
    expect(failed).to.deep.equal(stuck);
    expect(await kept()).to.deep.equal([]);
  });

  describe('leaves no orphans', () => {
    const orphans = (known: readonly MediaId[] = []) =>
      removeOrphans({
        views: { known: async () => new Set(known) },
        store: world.store,
        users: world.users,
        blobs: disk.blobs,
      });
    it('and asks the read model for many at once', async () => {
      const userId = await world.user('ada');
      for (let n = 1; n <= 102; n += 1) await write(userId, mediaNumber(n));
      const asked: number[] = [];
      const known = async (ids: readonly MediaId[]) => {
        asked.push(ids.length);
        return new Set(ids.filter((id) => id !== mediaNumber(101)));
      };
      const run = removeOrphans({ ...world, views: { known }, blobs: disk.blobs });
      expect(await run(later(), () => undefined)).to.equal(1);
      expect(asked).to.deep.equal([100, 2]);
      expect(await kept())
        .to.have.length(101)
        .and.to.not.include(mediaNumber(101));
    });

    const write = (ownerId: UserId, name: string) => disk.blobs.write({ ownerId, name }, contentOf(Buffer.alloc(9)));

    it('of uploads that the log does not know, and of images as they came in', async () => {
      const userId = await world.user('ada');
      const { mediaId } = await upload(userId);
      for (const name of [mediaNumber(1), `${mediaNumber(1)}.thumbnail`, `${mediaId}.original`, 'nonsense'])
        await write(userId, name);
      await write(userId, `${mediaId}.thumbnail`);
      expect(await orphans()(later(), () => undefined)).to.equal(4);
      expect(await kept()).to.have.members([mediaId, `${mediaId}.thumbnail`]);
    });

    it('but those that may be about to be recorded', async () => {
      await write(ada, mediaNumber(1));
      expect(await orphans()(earlier(), () => undefined)).to.equal(0);
    });

    it('where the read model knows a file, and does not where it belongs to another user', async () => {
      const userId = await world.user('ada');
      const { mediaId } = await upload(userId);
      await write(ada, mediaId);
      expect(await orphans()(later(), () => undefined)).to.equal(1);
      await write(userId, mediaNumber(2));
      expect(await orphans([mediaNumber(2)])(later(), () => undefined)).to.equal(0);
    });

    it('but files that a message carries, however late the read model is', async () => {
      const userId = await world.user('ada');
      const { mediaId } = await upload(userId);
      const attaching = {
        type: 'AttachMedia',
        data: { mediaId, messageId: messageNumber(1), by: userId, at: later() },
      } as const;
      await world.transact(world.contextOf(userId), async () => ({
        decisions: [decision(media, mediaId, attaching)],
        answer: () => ({}),
      }));
      expect(await world.typesIn(`media-${mediaId}`)).to.deep.equal(['MediaUploaded', 'MediaAttached']);
      expect(await orphans()(later(), () => undefined)).to.equal(0);
      expect(await kept()).to.deep.equal([mediaId]);
    });

    it('but the image of a profile, however late the read model is', async () => {
      const [by, mediaId, at] = [await world.user('ada'), mediaNumber(1), later()];
      await write(by, mediaId);
      const image = { mediaId, contentType: 'image/png', name: null, width: 3, height: 3, size: 9 };
      const uploading = { ...image, sha256: 'e'.repeat(64) as Sha256, by, at };
      for (const command of [
        { type: 'UploadMedia', data: uploading },
        { type: 'AttachMediaToProfile', data: { mediaId, by, at } },
      ] as const)
        await world.transact(world.contextOf(by), async () => ({
          decisions: [decision(media, mediaId, command)],
          answer: () => ({}),
        }));
      expect(await collecting([mediaId])('2999-01-01T00:00:00.000Z' as Instant, parts())).to.equal(0);
      expect(await orphans()(later(), () => undefined)).to.equal(0);
      expect(await kept()).to.deep.equal([mediaId]);
    });

    it('of files that were removed, and of users who were erased while nobody looked', async () => {
      const userId = await world.user('ada');
      const { mediaId } = await upload(userId);
      await collectMedia({ ...world, blobs: disk.blobs })(mediaId, later(), world.contextOf(null));
      await write(userId, mediaId);
      await upload(userId);
      expect(await orphans()(later(), () => undefined)).to.equal(1);
      const erase = eraseUser(world.transact, { ...world, onErased: () => undefined });
      await erase(userId, world.contextOf(userId), async () => []);
      expect(await orphans()(later(), () => undefined)).to.equal(1);
      expect(await kept()).to.deep.equal([]);
    });
  });
});
