import type pg from 'pg';
import type { MessageWriter } from '../../../application/projections/messages.js';
import { BrokenSequenceError } from '../../../application/ports/projection-store.js';
import type { Projected } from '../../../application/projections/projector.js';
import type { ConversationId, MessageId, Position } from '../../../domain/kernel/ids.js';
import type { MessageEvents } from '../../../domain/messages/events.js';
import type { BatchWriter } from '../../projections/postgres/read-model.js';
import { errorCode } from '../../error-code.js';
import type { Statement } from '../../postgres/one-trip.js';
import { BROKEN_SEQUENCE, NOT_IN_READ_MODEL, refuse } from '../../postgres/refusals.js';
import { UNIQUE_VIOLATION } from '../../postgres/sql-state.js';
import { ERASED } from '../../../application/kernel/erased.js';
import { recordset } from './recordset.js';

/**
 * All messages of a batch in one statement: each conversation's counter moves once, by as many as are new,
 * and ordinals are counted from where it was. The sender has read up to their own message.
 * It refuses where the counter is not what is there: to go on would leave a hole in the ordinals, or give one twice.
 */
const ADD_MESSAGES = {
  name: 'messages.add',
  text: `
    with input as (
      select * from json_to_recordset($1) as (message_id uuid, conversation_id uuid, sender_id uuid, text text,
                                              reply_to uuid, sent_at timestamptz, position bigint)
    ), found as (
      select input.*, c.last_seq, c.last_message_position from input left join conversations c using (conversation_id)
    ), fresh as (
      select found.*, last_seq + row_number() over (partition by conversation_id order by position) as seq
        from found where position > last_message_position
    ), head as (
      update conversations c
         set last_seq = c.last_seq + added.count, last_message_position = added.position,
             last_activity_at = added.sent_at, activity_position = greatest(c.activity_position, added.position),
             position = greatest(c.position, added.position)
        from (select conversation_id, count(*) as count, max(position) as position,
                     (array_agg(sent_at order by position desc))[1] as sent_at
                from fresh group by conversation_id) added
       where c.conversation_id = added.conversation_id
      returning c.conversation_id, c.last_seq - added.count as base
    ), stored as (
      insert into messages (message_id, conversation_id, seq, sender_id, text, reply_to, sent_at, sent_position, position)
      select message_id, conversation_id, seq, sender_id,
             case when exists (select from erased e where e.user_id = fresh.sender_id) then '${ERASED}' else text end,
             reply_to, sent_at, position, position
        from fresh
      returning message_id, conversation_id, sender_id, seq
    ), own as (
      update members m set read_seq = last.seq
        from (select conversation_id, sender_id, max(seq) as seq from stored group by conversation_id, sender_id) last
       where m.conversation_id = last.conversation_id and m.user_id = last.sender_id and m.read_seq < last.seq
    )
    select message_id, seq, null as refusal from stored
    union all
    select null, null, ${refuse(
      BROKEN_SEQUENCE,
      `format('conversation %s has %s messages, but %s are counted', head.conversation_id, there.seq, head.base)`,
    )}
      from head cross join lateral (select coalesce(max(m.seq), 0) as seq from messages m
                                     where m.conversation_id = head.conversation_id) there
     where head.base <> there.seq
    union all
    select null, null, ${refuse(
      BROKEN_SEQUENCE,
      `format('message %s at position %s came behind a later one', found.message_id, found.position)`,
    )}
      from found
     where position <= last_message_position
       and not exists (select from messages m where m.message_id = found.message_id)
    union all
    select null, null, ${refuse(
      NOT_IN_READ_MODEL,
      `format('message %s is of a conversation that is not in the read model', message_id)`,
    )}
      from found where last_message_position is null`,
};

interface AddedRow {
  readonly message_id: MessageId;
  readonly seq: string;
}

const explainFailure = (error: unknown): unknown => {
  const code = errorCode(error);
  if (code === BROKEN_SEQUENCE) return new BrokenSequenceError((error as Error).message, { cause: error });
  if (code !== UNIQUE_VIOLATION) return error;
  return new BrokenSequenceError('a message, or an ordinal of a conversation, would be there twice', { cause: error });
};

/** Told of the ordinals that were given, once they are committed. */
export type OnSequenced = (sequences: ReadonlyMap<MessageId, number>) => void;

/** Collects the messages of a batch. */
export class MessageBatch implements MessageWriter, BatchWriter {
  readonly #onSequenced: OnSequenced;
  #rows: object[] = [];
  #positions = new Map<ConversationId, Position[]>();

  constructor(onSequenced: OnSequenced) {
    this.#onSequenced = onSequenced;
  }

  /** Where the batch's messages of a conversation stand so far; what is added later does not change the answer. */
  positionsIn(conversationId: ConversationId): readonly Position[] {
    return [...(this.#positions.get(conversationId) ?? [])];
  }

  add({ data, position }: Projected<MessageEvents['MessageSent']>): void {
    const positions = this.#positions.get(data.conversationId);
    if (positions) positions.push(position);
    else this.#positions.set(data.conversationId, [position]);
    this.#rows.push({
      message_id: data.messageId,
      conversation_id: data.conversationId,
      sender_id: data.senderId,
      text: data.text,
      reply_to: data.replyTo,
      sent_at: data.sentAt,
      position,
    });
  }

  statements(): Statement[] {
    if (this.#rows.length === 0) return [];
    return [{ ...ADD_MESSAGES, values: recordset(this.#rows), explain: explainFailure }];
  }

  settle(results: readonly pg.QueryResult[] = []): void {
    const added = results.flatMap(({ rows }) => rows as AddedRow[]);
    if (added.length > 0) this.#onSequenced(new Map(added.map(({ message_id, seq }) => [message_id, Number(seq)])));
    this.#rows = [];
    this.#positions = new Map();
  }
}
