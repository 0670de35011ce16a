import type { MediaId } from '../kernel/ids.js';

/** The most files that a message carries. */
export const MAX_ATTACHMENTS = 10;

/** A file as the message tells of it that carries it. */
export type Attachment = {
  mediaId: MediaId;
  contentType: string;
  size: number;
  /** Null where its uploader gave it none. */
  name: string | null;
  /** The pixels of an image; null for any other file. */
  width: number | null;
  height: number | null;
};

/** Says whether two messages carry the same files, in the same order. */
export const areSameFiles = (
  some: readonly Pick<Attachment, 'mediaId'>[],
  others: readonly Pick<Attachment, 'mediaId'>[],
): boolean => some.length === others.length && some.every(({ mediaId }, index) => mediaId === others[index]?.mediaId);
