import type { Instant, MediaId, UserId } from '../kernel/ids.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type StorageEvents = {
  /** A file of the user takes room. */
  StorageTaken: {
    userId: UserId;
    mediaId: MediaId;
    bytes: number;
    /** The bytes of all files of the user, this one included. */
    usedBytes: number;
    takenAt: Instant;
  };
  /** The room of a file is free again. */
  StorageFreed: { userId: UserId; mediaId: MediaId; bytes: number; usedBytes: number; freedAt: Instant };
};
