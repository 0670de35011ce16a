import { expect } from 'chai';
import { fact } from '../support/events.js';
import { ada, at, bob, mediaNumber } from '../support/ids.js';
import { scene, type Feed, type OpenReadModels } from './read-model-steps.js';

export const describeMedia = (open: OpenReadModels, feed: Feed): void => {
  const views = scene(open, feed);
  const [one, two, three] = [1, 2, 3].map(mediaNumber);
  const plain = { name: null, width: null, height: null };

  it('are found as they were uploaded', async () => {
    const uploaded = fact('MediaUploaded', { mediaId: one!, uploadedAt: at(5) });
    const { media } = await views(uploaded, fact('MediaUploaded', { mediaId: two!, uploaderId: bob, ...plain }));
    expect(await media.find(one!)).to.deep.equal(uploaded.data);
    expect(await media.find(two!)).to.include({ uploaderId: bob, ...plain });
    expect(await media.find(three!)).to.equal(undefined);
  });

  it('are gone with their user, and no others', async () => {
    const { media } = await views(
      fact('MediaUploaded', { mediaId: one!, uploaderId: ada }),
      fact('MediaUploaded', { mediaId: two!, uploaderId: bob }),
      fact('UserErased', { userId: ada }),
    );
    expect(await media.find(one!)).to.equal(undefined);
    expect(await media.find(two!)).to.include({ uploaderId: bob });
  });
};
