import type { Instant, MediaId, MessageId, Sha256, UserId } from '../kernel/ids.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type MediaEvents = {
  /** A file is on the disk, and whole. */
  MediaUploaded: {
    mediaId: MediaId;
    uploaderId: UserId;
    /** The name that its uploader gave the file, without a path; null where they gave none. */
    name: string | null;
    /** The type that its bytes say. */
    contentType: string;
    size: number;
    /** The hash of what is served. */
    sha256: Sha256;
    /** The pixels of an image, of which there is then a thumbnail; null for any other file. */
    width: number | null;
    height: number | null;
    uploadedAt: Instant;
  };
  /** A message carries the file, which stays as long as one does. Of several messages, earlier programs recorded the first alone. */
  MediaAttached: { mediaId: MediaId; uploaderId: UserId; messageId: MessageId; attachedAt: Instant };
  /** An image is shown in the profile of its uploader: it stays from now on. */
  MediaAttachedToProfile: { mediaId: MediaId; uploaderId: UserId; attachedAt: Instant };
  /** A file is gone that nobody has sent within its time, or that no message carries any more because their time was over. */
  MediaRemoved: { mediaId: MediaId; uploaderId: UserId; removedAt: Instant };
};
