import type { Projected } from '../../../application/projections/projector.js';
import type { ReadingWriter } from '../../../application/projections/reading.js';
import type { ReadingEvents } from '../../../domain/reading/events.js';
import type { Statement } from '../../postgres/one-trip.js';
import type { BatchWriter } from '../../projections/postgres/read-model.js';
import { recordset } from './recordset.js';

const MARK_READ = {
  name: 'reading.mark',
  text: `
    with input as (
      select * from json_to_recordset($1) as (conversation_id uuid, user_id uuid, message_id uuid,
                                              read_at timestamptz, position bigint, hidden boolean)
    ), reached as (
      select input.*, m.seq from input join messages m on m.message_id = input.message_id
    ), kept as (
      insert into reads (conversation_id, user_id, seq, message_id, read_at, position, hidden)
      select conversation_id, user_id, seq, message_id, read_at, position, hidden from reached on conflict do nothing
    )
    update members m set read_seq = last.seq
      from (select conversation_id, user_id, max(seq) as seq from reached group by conversation_id, user_id) last
     where m.conversation_id = last.conversation_id and m.user_id = last.user_id and m.read_seq < last.seq`,
};

/** Collects the reading of a batch. */
export class ReadingBatch implements ReadingWriter, BatchWriter {
  #rows: object[] = [];

  mark({ data, position }: Projected<ReadingEvents['MessageRead']>): void {
    this.#rows.push({
      conversation_id: data.conversationId,
      user_id: data.userId,
      message_id: data.messageId,
      read_at: data.readAt,
      position,
      hidden: data.hidden ?? false,
    });
  }

  statements(): Statement[] {
    return this.#rows.length > 0 ? [{ ...MARK_READ, values: recordset(this.#rows) }] : [];
  }

  settle(): void {
    this.#rows = [];
  }
}
