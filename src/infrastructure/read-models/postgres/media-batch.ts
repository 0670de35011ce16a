import type { MediaView } from '../../../application/ports/media-views.js';
import type { MediaWriters } from '../../../application/projections/registry.js';
import type { UserId } from '../../../domain/kernel/ids.js';
import type { Statement } from '../../postgres/one-trip.js';
import type { BatchWriter } from '../../projections/postgres/read-model.js';
import * as sql from './media.sql.js';
import { recordset } from './recordset.js';

/** Stores what the events of a batch mean for uploaded files. Nothing is uploaded behind an erasure: that comes last. */
export class MediaBatch implements BatchWriter {
  #added: MediaView[] = [];
  #erased: UserId[] = [];
  readonly writers: MediaWriters = {
    media: {
      add: ({ data }) => void this.#added.push(data),
      erase: ({ data: { userId } }) => void this.#erased.push(userId),
    },
  };

  statements(): Statement[] {
    const add = { ...sql.ADD, values: recordset(this.#added) };
    const erase = { ...sql.ERASE, values: [this.#erased] };
    return [...(this.#added.length > 0 ? [add] : []), ...(this.#erased.length > 0 ? [erase] : [])];
  }

  settle(): void {
    this.#added = [];
    this.#erased = [];
  }
}
