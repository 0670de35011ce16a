import { expect } from 'chai';
import { changeProfile } from '../../../src/application/users/change-profile.js';
import type { MediaId, UserId } from '../../../src/domain/kernel/ids.js';
import { collect, uploaded } from '../media/world-media.js';
import { refusalOf } from '../kernel/refusal.js';
import { createWorld, type World } from '../kernel/world.js';

describe('An avatar', () => {
  let world: World;
  let [ada, bob]: UserId[] = [];

  beforeEach(async () => {
    world = await createWorld();
    [ada, bob] = await Promise.all(['ada', 'bob'].map(world.user));
  });

  const show = (avatarMediaId: MediaId | null, transact = world.transact) =>
    changeProfile(transact)({ avatarMediaId }, world.contextOf(ada!));

  const upload = (by = ada!, pixels: number | null = 9): Promise<MediaId> =>
    uploaded(world, by, { name: null, contentType: 'image/png', width: pixels, height: pixels });

  it('is kept from then on, also when the profile shows another one or none', async () => {
    const [one, two] = [await upload(), await upload()];
    const { position } = await show(one);
    const last = (await world.streamEvents(`user-${ada}`)).at(-1);
    expect([last?.type, last?.position]).to.deep.equal(['ProfileChanged', position]);
    expect(last?.data).to.include({ avatarMediaId: one });
    await show(two);
    await show(null);
    for (const mediaId of [one, two]) {
      await collect(world, mediaId);
      expect(await world.typesIn(`media-${mediaId}`)).to.deep.equal(['MediaUploaded', 'MediaAttachedToProfile']);
    }
  });

  it('has to be there, one’s own, and an image', async () => {
    const [gone, others, words] = [await upload(), await upload(bob), await upload(ada, null)];
    await collect(world, gone);
    for (const mediaId of [gone, others, world.identifiers.newMediaId()])
      expect(await refusalOf(show(mediaId))).to.equal('media_not_found');
    expect(await refusalOf(show(words))).to.equal('media_not_an_image');
    expect(await world.logged('ProfileChanged')).to.deep.equal([]);
  });

  it('is refused when it is removed between the decision and the append', async () => {
    const mediaId = await upload();
    const transact: World['transact'] = (context, plan) =>
      world.transact(context, async (attempt) => {
        const planned = await plan(attempt);
        if (attempt > 0) return planned;
        const decided = await Promise.all(planned.decisions.map((each) => each.decide(world.store, attempt)));
        await collect(world, mediaId);
        return { ...planned, decisions: decided.map((each) => ({ decide: async () => each })) as never };
      });
    expect(await refusalOf(show(mediaId, transact))).to.equal('media_not_found');
    expect(await world.logged('ProfileChanged')).to.deep.equal([]);
  });
});
