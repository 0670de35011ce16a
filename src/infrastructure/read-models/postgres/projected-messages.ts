import type pg from 'pg';
import type { ProjectedMessages } from '../../../application/ports/projected-messages.js';
import type { MessageId } from '../../../domain/kernel/ids.js';
import { SEQUENCES } from './message-views.sql.js';

/** The most recent messages whose ordinals are kept in memory. */
const KEPT = 20_000;

/** Answers ordinals of messages: those that this node projected from memory, others from the read model. */
export class RecentSequences implements ProjectedMessages {
  readonly #pool: pg.Pool;
  #young = new Map<MessageId, number>();
  #old: ReadonlyMap<MessageId, number> = new Map();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Notes what was just projected on this node. */
  remember(sequences: ReadonlyMap<MessageId, number>): void {
    for (const [messageId, seq] of sequences) this.#young.set(messageId, seq);
    if (this.#young.size <= KEPT) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  async sequences(messageIds: readonly MessageId[]): Promise<ReadonlyMap<MessageId, number>> {
    const found = new Map<MessageId, number>();
    const missing: MessageId[] = [];
    for (const messageId of messageIds) {
      const seq = this.#young.get(messageId) ?? this.#old.get(messageId);
      if (seq === undefined) missing.push(messageId);
      else found.set(messageId, seq);
    }
    if (missing.length === 0) return found;
    const { rows } = await this.#pool.query<{ message_id: MessageId; seq: string }>({
      ...SEQUENCES,
      values: [missing],
    });
    for (const { message_id, seq } of rows) found.set(message_id, Number(seq));
    return found;
  }
}
