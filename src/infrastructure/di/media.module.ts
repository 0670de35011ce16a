import { join, resolve } from 'node:path';
import { ContainerModule } from 'inversify';
import { createDiskBlobFiles } from '../media/disk-blob-files.js';
import { createImages } from '../media/images.js';
import { sealedBlobs } from '../media/sealed-blobs.js';
import { TOKENS } from './tokens.js';

/** Binds where the contents of files are kept, and what makes images. */
export const media = new ContainerModule(({ bind }) => {
  bind(TOKENS.BlobStore)
    .toResolvedValue(
      (config, keys) => sealedBlobs(createDiskBlobFiles(join(resolve(config.DATA_DIR), 'media')), keys),
      [TOKENS.Config, TOKENS.UserKeySource],
    )
    .inSingletonScope();
  bind(TOKENS.Images)
    .toResolvedValue(() => createImages())
    .inSingletonScope();
});
