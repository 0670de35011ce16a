import { expect } from 'chai';
import { mediaOfBundle } from '../../../src/application/audit/bundle-media.js';
import { DamagedBlobError, type BlobName, type FoundBlob } from '../../../src/application/ports/blob-store.js';
import type { RawLog } from '../../../src/application/ports/raw-log.js';
import { bundleScene } from '../../support/bundle-scene.js';
import { ada, mediaNumber } from '../../support/ids.js';

const FOUND: FoundBlob = {
  size: 4,
  read: async function* read() {
    yield Buffer.from('file');
  },
};

// Each export of a stretch of the log in which the file was uploaded was answered with an error, for good.
describe('The files in a bundle', () => {
  it('are those that are kept, without one that is damaged', async () => {
    const { events, disclosure } = await bundleScene();
    const uploaded = events.find(({ type }) => type === 'MediaUploaded')!;
    const [whole, damaged, removed] = [mediaNumber(1), mediaNumber(2), mediaNumber(3)];
    const parts = {
      disclosure,
      raw: { at: async () => [uploaded] } as Pick<RawLog, 'at'> as RawLog,
      blobs: {
        find: async ({ name }: BlobName) => {
          if (name === damaged) throw new DamagedBlobError('it was cut');
          return name === removed ? undefined : FOUND;
        },
      },
    };
    const { position } = uploaded;
    const files = [damaged, whole, removed].map((mediaId) => ({ position, mediaId, uploaderId: ada }));
    const media = await mediaOfBundle(parts, files);
    expect(media.map(({ mediaId }) => mediaId)).to.deep.equal([whole]);
    for await (const piece of media[0]!.content) expect(Buffer.from(piece).toString()).to.equal('file');
  });
});
