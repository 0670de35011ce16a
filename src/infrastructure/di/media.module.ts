import { ContainerModule } from 'inversify';
import { blobPlaces } from '../media/blob-places.js';
import { createImages } from '../media/images.js';
import { sealedBlobs } from '../media/sealed-blobs.js';
import { TOKENS } from './tokens.js';

/** Binds where the contents of files are kept, and what makes images. */
export const media = new ContainerModule(({ bind }) => {
  bind(TOKENS.BlobStore)
    .toResolvedValue(
      (config, { mongo }, keys) => sealedBlobs(blobPlaces(config, mongo).files, keys),
      [TOKENS.Config, TOKENS.MessageEngine, TOKENS.UserKeySource],
    )
    .inSingletonScope();
  bind(TOKENS.Images)
    .toResolvedValue(() => createImages())
    .inSingletonScope();
});
