import { createHash, type Hash } from 'node:crypto';
import type { UnplacedEvent } from './moved-log.js';

/** A hash over events: of each its stream, revision, id, type and version, and the stored bytes of its data and metadata, sealed as they are. */
export class EventHash {
  readonly #hash: Hash = createHash('sha256');

  /** Each part goes in behind its length, so that no two events make the same bytes. */
  add({ streamId, revision, eventId, type, schemaVersion, data, metadata }: UnplacedEvent): void {
    const header = Buffer.from([streamId, revision, eventId, type, schemaVersion].join(' '));
    for (const part of [header, data, metadata]) {
      this.#hash.update(`${part.length} `);
      this.#hash.update(part);
    }
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}
