import type { Instant, MediaId, Sha256, UserId } from '../../domain/kernel/ids.js';

/** An uploaded file, without its content. */
export interface MediaView {
  readonly mediaId: MediaId;
  readonly uploaderId: UserId;
  readonly name: string | null;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: Sha256;
  /** The pixels of an image; null for any other file. */
  readonly width: number | null;
  readonly height: number | null;
  readonly uploadedAt: Instant;
}

/** The read model of uploaded files. */
export interface MediaViews {
  /** Answers undefined for a file that is gone, or of an erased user. */
  find(mediaId: MediaId): Promise<MediaView | undefined>;
  /** Answers which of these files are known. */
  known(mediaIds: readonly MediaId[]): Promise<ReadonlySet<MediaId>>;
  /** Lists files that nobody has sent or shown in a profile, oldest first, which were uploaded before this time, but for these. */
  unattached(before: Instant, limit: number, except: readonly MediaId[]): Promise<readonly MediaId[]>;
  /** Lists the files of a user by their ids, after one of them (null: from the first). */
  uploadedBy(userId: UserId, after: MediaId | null, limit: number): Promise<readonly MediaView[]>;
}
