import { blobStoreContract } from '../../contracts/blob-store.js';
import { openDiskBlobs } from '../../support/disk-blobs.js';

describe('Blobs on the disk', () => blobStoreContract(openDiskBlobs));
