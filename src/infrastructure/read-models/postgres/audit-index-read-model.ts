import type { RecentEvents } from '../../../application/ports/projection-generations.js';
import { indexedEvent, type IndexedEvent } from '../../../application/projections/audit-index.js';
import type { AuditIndexWriters } from '../../../application/projections/registry.js';
import type { MessageId, Position, UserId } from '../../../domain/kernel/ids.js';
import { message } from '../../../domain/messages/decider.js';
import type { Statement } from '../../postgres/one-trip.js';
import type { BatchWriter, ReadModel } from '../../projections/postgres/read-model.js';
import type { RecentQuestion } from '../../projections/postgres/recent-question.js';
import * as sql from './audit-index.sql.js';
import { recordset } from './recordset.js';

const OF_MESSAGES = `${message.category}-`;

/** Answers the message whose events may lack their conversation, or tell it to others. */
const messageOf = ({ streamId, messageId }: IndexedEvent): MessageId[] => {
  if (messageId !== null) return [messageId];
  return streamId.startsWith(OF_MESSAGES) ? [streamId.slice(OF_MESSAGES.length) as MessageId] : [];
};

/** Stores what the events of a batch are in the index. */
class AuditIndexBatch implements BatchWriter {
  #events: IndexedEvent[] = [];
  #userIds: UserId[] = [];
  #positions: Position[] = [];
  readonly writers: AuditIndexWriters = {
    auditIndex: {
      add: (event, userIds) => {
        this.#events.push(event);
        for (const userId of userIds) {
          this.#userIds.push(userId);
          this.#positions.push(event.position);
        }
      },
    },
  };

  statements(): Statement[] {
    if (this.#events.length === 0) return [];
    const messages = [...new Set(this.#events.flatMap(messageOf))];
    return [
      { ...sql.ADD, values: recordset(this.#events) },
      { ...sql.ADD_USERS, values: [this.#userIds, this.#positions] },
      ...(messages.length > 0 ? [{ ...sql.TELL_CONVERSATIONS, values: [messages] }] : []),
    ];
  }

  taken(): void {
    this.settle();
  }

  settle(): void {
    this.#events = [];
    this.#userIds = [];
    this.#positions = [];
  }
}

const MISSING = `
  select i.position, format('event %s is not in the index', i.position) as problem
    from json_to_recordset($1) as i (position bigint)
   where not exists (select from audit_index.events e where e.position = i.position)`;

const recentEvents = ({ events }: RecentEvents): readonly RecentQuestion[] => [
  { text: MISSING, values: recordset(events.map((event) => ({ position: indexedEvent(event).position }))) },
];

/** The index of events for auditors, in PostgreSQL. */
export const auditIndexReadModel: ReadModel<AuditIndexWriters> = {
  tables: sql.AUDIT_INDEX_TABLES,
  recent: recentEvents,
  open: () => {
    const batch = new AuditIndexBatch();
    return { writers: batch.writers, batch: [batch] };
  },
};
