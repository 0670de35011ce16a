import type { MediaEvents } from '../../domain/media/events.js';
import type { MediaId } from '../../domain/kernel/ids.js';
import type { UserEvents } from '../../domain/users/events.js';
import type { MediaView } from '../ports/media-views.js';
import type { Projected, Projector } from './projector.js';
import { putNewRow } from './rows.js';

/** The tables of uploaded files. */
export interface MediaWriter {
  add(event: Projected<MediaEvents['MediaUploaded']>): void;
  attach(event: Projected<MediaEvents['MediaAttached' | 'MediaAttachedToProfile']>): void;
  remove(event: Projected<MediaEvents['MediaRemoved']>): void;
  /** Forgets every file of an erased user. */
  erase(event: Projected<UserEvents['UserErased']>): void;
}

/** The view of uploaded files. */
export const media: Projector<MediaEvents & UserEvents, { readonly media: MediaWriter }> = {
  name: 'media',
  on: {
    MediaUploaded: (write, event) => write.media.add(event),
    MediaAttached: (write, event) => write.media.attach(event),
    MediaAttachedToProfile: (write, event) => write.media.attach(event),
    MediaRemoved: (write, event) => write.media.remove(event),
    UserErased: (write, event) => write.media.erase(event),
  },
};

/** The rows of the `media` projection. */
export type MediaTables = {
  readonly files: Map<string, MediaView>;
  /** The files that a message has carried or a profile has shown, also those that are gone. */
  readonly attached: Map<string, { readonly mediaId: MediaId }>;
};

/** Carries out what these events mean. A database may do it in its own language, and has to give the same answers. */
export const mediaRows = ({ files, attached }: MediaTables): MediaWriter => ({
  add: ({ data }) => putNewRow(files, data.mediaId, data),
  attach: ({ data: { mediaId } }) => void attached.set(mediaId, { mediaId }),
  remove: ({ data: { mediaId } }) => void files.delete(mediaId),
  erase: ({ data: { userId } }) => {
    for (const [mediaId, { uploaderId }] of files) if (uploaderId === userId) files.delete(mediaId);
  },
});
