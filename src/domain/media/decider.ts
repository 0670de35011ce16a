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
  /** Keeps a file that a message of its uploader carries, and records that it does. */
  AttachMedia: { mediaId: MediaId; messageId: MessageId; by: UserId; at: Instant };
  /** Keeps an image that is to be shown in the profile of its uploader. */
  AttachMediaToProfile: { mediaId: MediaId; by: UserId; at: Instant };
  /**
   * Removes a file that was uploaded before this time, was never sent, and was in no profile. `isHeld` says whether a legal hold
   * stands on its uploader: then it stays.
   */
  CollectMedia: { uploadedBefore: Instant; isHeld: boolean; at: Instant };
  /** Removes a file that messages carried, of which none is there any more, and that no profile shows. */
  RemoveExpiredMedia: { isShown: boolean; isHeld: boolean; at: Instant };
};

type File = Readonly<MediaEvents['MediaUploaded']>;

export type MediaState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'kept' | 'attached' | 'removed';
      readonly file: File;
      /** The messages that are known to carry it. Before all were recorded, only the first one was. */
      readonly carriers: ReadonlySet<MessageId>;
    };

/** Answers the file if it is there, and of this user. */
export const ownFile = (state: MediaState, userId: UserId): File | undefined => {
  const isThere = state.status === 'kept' || state.status === 'attached';
  return isThere && state.file.uploaderId === userId ? state.file : undefined;
};

/** Answers a file to be shown to others. Rejects `media_not_found` for one that is gone, or of another user. */
export const requireOwn = (state: MediaState, by: UserId): File => ownFile(state, by) ?? reject('media_not_found');

const removed = ({ mediaId, uploaderId }: File, at: Instant) =>
  ({ type: 'MediaRemoved', data: { mediaId, uploaderId, removedAt: at } }) as const;

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
      if (state.status !== 'absent' && state.carriers.has(messageId)) return [];
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
      return [removed(state.file, at)];
    },
    RemoveExpiredMedia: ({ isShown, isHeld, at }, state) =>
      isHeld || isShown || state.status !== 'attached' ? [] : [removed(state.file, at)],
  },
  evolve: {
    MediaUploaded: (_, file) => ({ status: 'kept', file, carriers: new Set() }),
    MediaAttached: (draft, { messageId }) => {
      if (draft.status === 'absent' || draft.status === 'removed') return draft;
      draft.status = 'attached';
      draft.carriers.add(messageId);
      return draft;
    },
    MediaAttachedToProfile: (state) => (state.status === 'kept' ? { ...state, status: 'attached' } : state),
    MediaRemoved: (state) => (state.status === 'absent' ? state : { ...state, status: 'removed' }),
  },
};
