import type { Decider } from '../kernel/decider.js';
import type { Instant, MediaId, MessageId, Sha256, UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { MediaEvents } from './events.js';

export type MediaCommands = {
  UploadMedia: {
    mediaId: MediaId;
    name: string | null;
    contentType: string;
    size: number;
    sha256: Sha256;
    width: number | null;
    height: number | null;
    by: UserId;
    at: Instant;
  };
  /** Keeps a file that a message of its uploader carries. */
  AttachMedia: { mediaId: MediaId; messageId: MessageId; by: UserId; at: Instant };
  /** Keeps an image that is to be shown in the profile of its uploader. */
  AttachMediaToProfile: { mediaId: MediaId; by: UserId; at: Instant };
  /**
   * Removes a file that was uploaded before this time, was never sent, and was in no profile. `isHeld` says whether a legal hold
   * stands on its uploader: then it stays.
   */
  CollectMedia: { uploadedBefore: Instant; isHeld: boolean; at: Instant };
};

type File = Readonly<MediaEvents['MediaUploaded']>;

export type MediaState =
  { readonly status: 'absent' } | { readonly status: 'kept' | 'attached' | 'removed'; readonly file: File };

/** Answers the file if it is there, and of this user. */
export const ownFile = (state: MediaState, userId: UserId): File | undefined => {
  const isThere = state.status === 'kept' || state.status === 'attached';
  return isThere && state.file.uploaderId === userId ? state.file : undefined;
};

/** Answers a file to be shown to others. Rejects `media_not_found` for one that is gone, or of another user. */
export const requireOwn = (state: MediaState, by: UserId): File => ownFile(state, by) ?? reject('media_not_found');

/** One uploaded file. Its content never changes. */
export const media: Decider<MediaCommands, MediaEvents, MediaState> = {
  category: 'media',
  initial: { status: 'absent' },
  decide: {
    UploadMedia: ({ by, at, ...file }, state) => {
      if (file.size === 0) reject('media_empty');
      if (state.status === 'absent')
        return [{ type: 'MediaUploaded', data: { ...file, uploaderId: by, uploadedAt: at } }];
      const isSame = state.file.uploaderId === by && state.file.sha256 === file.sha256;
      return isSame ? [] : reject('idempotency_conflict', { mediaId: file.mediaId });
    },
    AttachMedia: ({ mediaId, messageId, by, at }, state) => {
      const { uploaderId } = requireOwn(state, by);
      if (state.status === 'attached') return [];
      return [{ type: 'MediaAttached', data: { mediaId, uploaderId, messageId, attachedAt: at } }];
    },
    AttachMediaToProfile: ({ mediaId, by, at }, state) => {
      const { uploaderId, width } = requireOwn(state, by);
      if (width === null) reject('media_not_an_image');
      if (state.status === 'attached') return [];
      return [{ type: 'MediaAttachedToProfile', data: { mediaId, uploaderId, attachedAt: at } }];
    },
    CollectMedia: ({ uploadedBefore, isHeld, at }, state) => {
      if (isHeld || state.status !== 'kept' || state.file.uploadedAt >= uploadedBefore) return [];
      const { mediaId, uploaderId } = state.file;
      return [{ type: 'MediaRemoved', data: { mediaId, uploaderId, removedAt: at } }];
    },
  },
  evolve: {
    MediaUploaded: (_, file) => ({ status: 'kept', file }),
    MediaAttached: (state) => (state.status === 'kept' ? { ...state, status: 'attached' } : state),
    MediaAttachedToProfile: (state) => (state.status === 'kept' ? { ...state, status: 'attached' } : state),
    MediaRemoved: (state) => (state.status === 'kept' ? { ...state, status: 'removed' } : state),
  },
};
