import { expect } from 'chai';
import { fact } from '../support/events.js';
import { ada, at, bob, mediaNumber, messageNumber } from '../support/ids.js';
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

  it('are gone once they were removed', async () => {
    const { media } = await views(
      fact('MediaUploaded', { mediaId: one! }),
      fact('MediaUploaded', { mediaId: two! }),
      fact('MediaRemoved', { mediaId: one! }),
    );
    expect(await media.find(one!)).to.equal(undefined);
    expect(await media.known([one!, two!, three!])).to.deep.equal(new Set([two]));
  });

  it('are listed by their age where nobody has sent them', async () => {
    const { media } = await views(
      fact('MediaUploaded', { mediaId: one!, uploadedAt: at(30) }),
      fact('MediaUploaded', { mediaId: two!, uploadedAt: at(10) }),
      fact('MediaUploaded', { mediaId: three!, uploadedAt: at(20) }),
    );
    expect(await media.unattached(at(30), 9, [])).to.deep.equal([two, three]);
    expect(await media.unattached(at(31), 2, [])).to.deep.equal([two, three]);
    expect(await media.unattached(at(10), 9, [])).to.deep.equal([]);
    expect(await media.unattached(at(31), 2, [two!])).to.deep.equal([three, one]);
  });

  it('are not listed where a message carries them or a profile shows them, and are found as before', async () => {
    const uploaded = fact('MediaUploaded', { mediaId: one!, uploadedAt: at(10) });
    const { media } = await views(
      uploaded,
      fact('MediaUploaded', { mediaId: two!, uploadedAt: at(20) }),
      fact('MediaUploaded', { mediaId: three!, uploadedAt: at(30) }),
      fact('MediaAttached', { mediaId: one!, messageId: messageNumber(1) }),
      fact('MediaAttachedToProfile', { mediaId: three! }),
    );
    expect(await media.unattached(at(99), 9, [])).to.deep.equal([two]);
    expect(await media.find(one!)).to.deep.equal(uploaded.data);
    expect(await media.uploadedBy(ada, null, 1)).to.deep.equal([uploaded.data]);
  });

  it('are listed by their user, page by page', async () => {
    const { media } = await views(
      ...[three!, one!].map((mediaId) => fact('MediaUploaded', { mediaId, uploaderId: ada })),
      fact('MediaUploaded', { mediaId: two!, uploaderId: bob }),
    );
    const idsOf = async (...asked: Parameters<typeof media.uploadedBy>) =>
      (await media.uploadedBy(...asked)).map(({ mediaId }) => mediaId);
    expect(await idsOf(ada, null, 1)).to.deep.equal([one]);
    expect(await idsOf(ada, one!, 9)).to.deep.equal([three]);
    expect(await idsOf(bob, null, 9)).to.deep.equal([two]);
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
