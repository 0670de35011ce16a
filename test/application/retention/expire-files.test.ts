import { expect } from 'chai';
import { decision } from '../../../src/application/kernel/decision.js';
import { attachMedia } from '../../../src/application/messages/attach-media.js';
import type { BlobName, BlobStore } from '../../../src/application/ports/blob-store.js';
import { streamOf, type MediaId, type MessageId, type Sha256, type UserId } from '../../../src/domain/kernel/ids.js';
import { media } from '../../../src/domain/media/decider.js';
import { message } from '../../../src/domain/messages/decider.js';
import { user } from '../../../src/domain/users/decider.js';
import { storage } from '../../../src/domain/storage/decider.js';
import { attachmentNumber } from '../../support/attachments.js';
import { mediaNumber, messageNumber } from '../../support/ids.js';
import { createRetentionScene } from './retention-scene.js';

describe('Files of messages whose time is over', () => {
  const setUp = async () => {
    const carried = new Set<MediaId>();
    const removed: BlobName[] = [];
    /** It is called while a file is looked at. */
    const during: { work: () => Promise<void> } = { work: async () => undefined };
    const isAttached = async (mediaId: MediaId) => {
      const isThere = carried.has(mediaId);
      await during.work();
      return isThere;
    };
    const blobs = { remove: async (blob: BlobName) => void removed.push(blob) } as unknown as BlobStore;
    const scene = await createRetentionScene({ isAttached, blobs });
    const { world, ada } = scene;

    const uploaded = async (n: number): Promise<void> => {
      const { contentType, size, name, width, height } = attachmentNumber(n);
      const [mediaId, at] = [mediaNumber(n), world.now()];
      const file = { mediaId, contentType, size, name, width, height, sha256: 'e'.repeat(64) as Sha256, by: ada, at };
      await world.transact(world.contextOf(ada), async () => ({
        decisions: [
          decision(storage, ada, {
            type: 'TakeStorage',
            data: { userId: ada, mediaId, bytes: size, quotaBytes: 1_000_000, at },
          }),
          decision(media, mediaId, { type: 'UploadMedia', data: file }),
        ],
        answer: () => ({}),
      }));
    };
    const attach = async (n: number, messageId: MessageId, by: UserId = ada): Promise<void> => {
      await world.transact(world.contextOf(by), async () => {
        const { attaching } = await attachMedia(world.store)([mediaNumber(n)], { messageId, by, at: world.now() });
        return { decisions: attaching, answer: () => ({}) };
      });
    };
    const conversationId = await scene.talk(ada, scene.bob);
    const sentWith = async (n: number, days = 40) => {
      await uploaded(n);
      await attach(n, messageNumber(n));
      return scene.sent(ada, conversationId, days, [n]);
    };
    const typesOf = (n: number) => world.typesIn(`media-${mediaNumber(n)}`);
    const removedNames = () => removed.map(({ name }) => name);
    return { ...scene, conversationId, uploaded, carried, during, attach, sentWith, typesOf, removedNames };
  };

  it('go with them, from the log and from where they are kept, and their room is free', async () => {
    const { keep, retention, sentWith, typesOf, removedNames, world } = await setUp();
    await sentWith(1);
    await keep(30);
    expect((await retention.expire(30)).map(({ files }) => files)).to.deep.equal([1]);
    expect(await typesOf(1)).to.deep.equal(['MediaUploaded', 'MediaAttached', 'MediaRemoved']);
    expect(removedNames()).to.include.members([mediaNumber(1), `${mediaNumber(1)}.thumbnail`]);
    expect(await world.logged('StorageFreed')).to.have.length(1);
    await retention.expire(30);
    expect(await world.logged('MediaRemoved')).to.have.length(1);
  });

  it('stay as long as a message carries them', async () => {
    const { keep, retention, sentWith, carried, removedNames } = await setUp();
    await sentWith(1);
    await keep(30);
    carried.add(mediaNumber(1));
    await retention.expire(30);
    expect(removedNames()).to.deep.equal([]);
    carried.clear();
    await retention.expire(30);
    expect(removedNames()).not.to.deep.equal([]);
  });

  it('stay where a message has come to carry them at that very moment', async () => {
    const { keep, retention, sentWith, carried, during, attach, removedNames, typesOf } = await setUp();
    await sentWith(1);
    await keep(30);
    let looked = 0;
    during.work = async () => {
      if ((looked += 1) > 1) return;
      await attach(1, messageNumber(9));
      carried.add(mediaNumber(1));
    };
    await retention.expire(30);
    expect([looked, removedNames()]).to.deep.equal([2, []]);
    expect(await typesOf(1)).to.deep.equal(['MediaUploaded', 'MediaAttached', 'MediaAttached']);
  });

  it('stay while the message would be held, also where its sender had deleted it', async () => {
    const { keep, retention, sentWith, servers, ada, bob, eva, removedNames } = await setUp();
    await sentWith(1);
    await keep(30);
    await servers[0].hold(bob, eva);
    await retention.expire(30);
    expect(removedNames()).to.deep.equal([]);
    await servers[0].lift(bob, eva);
    await servers[0].hold(ada, eva);
    await retention.expire(30);
    expect(removedNames()).to.deep.equal([]);
  });

  it('stay while another message that carried them would be held, though its sender had deleted it', async () => {
    const {
      world,
      keep,
      retention,
      uploaded,
      attach,
      sent,
      conversationId,
      talk,
      ada,
      bob,
      eva,
      servers,
      isThere,
      removedNames,
    } = await setUp();
    await uploaded(1);
    const held = await sent(ada, conversationId, 40, [1]);
    const unheld = await sent(ada, await talk(ada, await world.user('cleo')), 40, [1]);
    for (const messageId of [held, unheld]) await attach(1, messageId);
    const data = { messageId: held, isModerator: false, by: ada, at: world.now() };
    await world.transact(world.contextOf(ada), async () => ({
      decisions: [decision(message, held, { type: 'DeleteMessage', data })],
      answer: () => ({}),
    }));
    await servers[0].hold(bob, eva);
    await keep(30);
    await retention.expire(30);
    expect([await isThere(unheld), removedNames()]).to.deep.equal([false, []]);
    await servers[0].lift(bob, eva);
    await retention.expire(30);
    expect(removedNames()).not.to.deep.equal([]);
  });

  it('go though one beside them is damaged in the log, which stays', async () => {
    const { world, keep, retention, sentWith, removedNames } = await setUp();
    for (const n of [1, 2]) await sentWith(n);
    for await (const event of world.store.raw.readStream(streamOf(media.category, mediaNumber(1))))
      event.data.fill('x');
    await keep(30);
    expect((await retention.expire(30)).map(({ messages, files }) => [messages, files])).to.deep.equal([[2, 1]]);
    expect(removedNames()).to.include(mediaNumber(2)).and.not.include(mediaNumber(1));
  });

  it('stay while a profile shows them', async () => {
    const { keep, retention, sentWith, ada, world, removedNames } = await setUp();
    await sentWith(1);
    await keep(30);
    const data = {
      userId: ada,
      displayName: undefined,
      bio: undefined,
      avatarMediaId: mediaNumber(1),
      at: world.now(),
    };
    await world.transact(world.contextOf(ada), async () => ({
      decisions: [decision(user, ada, { type: 'ChangeProfile', data })],
      answer: () => ({}),
    }));
    await retention.expire(30);
    expect(removedNames()).to.deep.equal([]);
  });
});
