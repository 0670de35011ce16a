import type { MediaView } from '../../../application/ports/media-views.js';
import type { MediaWriters } from '../../../application/projections/registry.js';
import type { MediaId, UserId } from '../../../domain/kernel/ids.js';
import type { Statement } from '../../postgres/one-trip.js';
import type { BatchWriter } from '../../projections/postgres/read-model.js';
import * as sql from './media.sql.js';
import { recordset } from './recordset.js';

/** Stores what the events of a batch mean for uploaded files. Nothing comes back that is gone: what goes comes last. */
export class MediaBatch implements BatchWriter {
  #added: MediaView[] = [];
  #attached: MediaId[] = [];
  #removed: MediaId[] = [];
  #erased: UserId[] = [];
  readonly writers: MediaWriters = {
    media: {
      add: ({ data }) => void this.#added.push(data),
      attach: ({ data: { mediaId } }) => void this.#attached.push(mediaId),
      remove: ({ data: { mediaId } }) => void this.#removed.push(mediaId),
      erase: ({ data: { userId } }) => void this.#erased.push(userId),
    },
  };

  statements(): Statement[] {
    return [
      ...(this.#added.length > 0 ? [{ ...sql.ADD, values: recordset(this.#added) }] : []),
      ...(this.#attached.length > 0 ? [{ ...sql.ATTACH, values: [this.#attached] }] : []),
      ...(this.#removed.length > 0 ? [{ ...sql.REMOVE, values: [this.#removed] }] : []),
      ...(this.#erased.length > 0 ? [{ ...sql.ERASE, values: [this.#erased] }] : []),
    ];
  }

  settle(): void {
    this.#added = [];
    this.#attached = [];
    this.#removed = [];
    this.#erased = [];
  }
}
