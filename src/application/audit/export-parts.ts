import type { SealCrypto } from '../../domain/audit/open-sealed.js';
import type { Archive } from '../ports/archive.js';
import type { BlobStore } from '../ports/blob-store.js';
import type { Disclosure } from '../ports/disclosure.js';
import type { RawLog } from '../ports/raw-log.js';
import type { LogTree } from '../ports/tree-store.js';
import type { UserDirectory } from '../ports/user-directory.js';
import type { BundleParts } from './bundle-files.js';
import type { CoveringParts } from './covering-checkpoint.js';
import type { EventFinderParts } from './find-events.js';
import type { SubjectIndexParts } from './index-subjects.js';

/** What bundles are made of. */
export interface ExportParts extends CoveringParts, EventFinderParts, SubjectIndexParts {
  readonly tree: LogTree;
  readonly raw: Pick<RawLog, 'at' | 'readAll'>;
  readonly crypto: SealCrypto;
  readonly disclosure: Disclosure;
  readonly startHash: BundleParts['startHash'];
  readonly blobs: Pick<BlobStore, 'find'>;
  readonly directory: Pick<UserDirectory, 'profiles'>;
  readonly archive: Archive;
}
