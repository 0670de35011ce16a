import type { StandingHolds } from '../holds/standing-holds.js';
import type { Transact } from '../kernel/transact.js';
import type { BlobStore } from '../ports/blob-store.js';
import type { EventStore } from '../ports/event-store.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { Images } from '../ports/images.js';
import type { MediaLinks } from '../ports/media-links.js';
import type { MediaViews } from '../ports/media-views.js';
import type { MessageViews } from '../ports/message-views.js';
import type { SessionDenylist } from '../ports/session-denylist.js';
import type { UserDirectory } from '../ports/user-directory.js';
import type { Users } from '../users/remembered-users.js';
import { authenticateLink } from './authenticate-link.js';
import { collectMedia } from './collect-media.js';
import { collectUnattached } from './collect-unattached.js';
import { getMedia, getThumbnail, requireReadable } from './get-media.js';
import { keepFile } from './keep-file.js';
import { removeOrphans } from './remove-orphans.js';
import { uploadMedia } from './upload-media.js';

export interface MediaPorts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly blobs: BlobStore;
  readonly images: Images;
  readonly identifiers: Identifiers;
  readonly views: MediaViews;
  readonly messages: MessageViews;
  readonly directory: UserDirectory;
  readonly users: Users;
  readonly holds: StandingHolds;
  readonly links: MediaLinks;
  readonly denylist: SessionDenylist;
  readonly quotaBytes: number;
}

/** Uploaded files. */
export const mediaUseCases = ({ images, views, messages, directory, links, denylist, ...ports }: MediaPorts) => {
  const readable = requireReadable({ views, messages, directory });
  return {
    uploadMedia: uploadMedia({ ...ports, keep: keepFile(ports.blobs, images) }),
    collectUnattached: collectUnattached(views, collectMedia(ports)),
    removeOrphans: removeOrphans({ ...ports, views }),
    getMedia: getMedia(readable, ports.blobs),
    authenticateLink: authenticateLink(links, denylist),
    getThumbnail: getThumbnail(readable, ports.blobs),
  };
};

export type MediaUseCases = ReturnType<typeof mediaUseCases>;
