import type { Decider } from '../kernel/decider.js';
import type { Instant, MediaId, UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { StorageEvents } from './events.js';

export type StorageCommands = {
  TakeStorage: { userId: UserId; mediaId: MediaId; bytes: number; quotaBytes: number; at: Instant };
  FreeStorage: { userId: UserId; mediaId: MediaId; bytes: number; at: Instant };
};

export type StorageState = { readonly usedBytes: number };

/**
 * The room that the files of one user take. It is given with each file and taken with its end, in the same append as these:
 * so each command comes once.
 */
export const storage: Decider<StorageCommands, StorageEvents, StorageState> = {
  category: 'storage',
  initial: { usedBytes: 0 },
  isInLastEvent: true,
  decide: {
    TakeStorage: ({ userId, mediaId, bytes, quotaBytes, at }, state) => {
      const usedBytes = state.usedBytes + bytes;
      if (usedBytes > quotaBytes) reject('media_quota_exceeded');
      return [{ type: 'StorageTaken', data: { userId, mediaId, bytes, usedBytes, takenAt: at } }];
    },
    FreeStorage: ({ userId, mediaId, bytes, at }, state) => {
      const usedBytes = Math.max(0, state.usedBytes - bytes);
      return [{ type: 'StorageFreed', data: { userId, mediaId, bytes, usedBytes, freedAt: at } }];
    },
  },
  evolve: { StorageTaken: (_, { usedBytes }) => ({ usedBytes }), StorageFreed: (_, { usedBytes }) => ({ usedBytes }) },
};
