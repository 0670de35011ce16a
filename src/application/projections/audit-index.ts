import type { ChatEvents, ChatEventType } from '../../domain/event-catalogue.js';
import type { ConversationId, Instant, MessageId, Position, StreamId, UserId } from '../../domain/kernel/ids.js';
import { streamOf } from '../../domain/kernel/ids.js';
import { earlierOf, laterOf } from '../../domain/kernel/position.js';
import { message } from '../../domain/messages/decider.js';
import { concernedUsers, CONCERNING_TYPES, namedConversation, namedMessage } from '../audit/concerned.js';
import { BUCKETS, type Bucket, type EventCount } from '../ports/audit-index.js';
import type { RecordedEvent } from '../ports/event-store.js';
import { putNewRow } from './rows.js';
import type { Projected, Projector } from './projector.js';

/** What the index knows of an event: ids, a type and a time, and nothing that anybody wrote. */
export interface IndexedEvent {
  readonly position: Position;
  readonly type: string;
  readonly streamId: StreamId;
  readonly actorId: UserId | null;
  readonly conversationId: ConversationId | null;
  /** The message whose conversation is that of the event, where the event itself names none. */
  readonly messageId: MessageId | null;
  readonly recordedAt: Instant;
}

/** A user whom an event concerns. */
interface IndexedUser {
  readonly userId: UserId;
  readonly position: Position;
}

/** The tables of the index. */
export interface AuditIndexWriter {
  add(event: IndexedEvent, userIds: readonly UserId[]): void;
}

const indexed = (event: Projected<object>, type: ChatEventType): IndexedEvent => {
  const { position, streamId, data, metadata } = event;
  const conversationId = namedConversation({ data });
  return {
    position,
    type,
    streamId,
    actorId: metadata.actorId,
    conversationId,
    messageId: conversationId === null ? namedMessage({ data }) : null,
    recordedAt: metadata.recordedAt,
  };
};

interface Writers {
  readonly auditIndex: AuditIndexWriter;
}

const add =
  (type: ChatEventType) =>
  ({ auditIndex }: Writers, event: Projected<object>): void => {
    const row = indexed(event, type);
    auditIndex.add(row, concernedUsers({ type, data: event.data, actorId: row.actorId }));
  };

/** The view of all events by whom and what they concern. */
export const auditIndex: Projector<ChatEvents, Writers> = {
  name: 'auditIndex',
  on: Object.fromEntries(CONCERNING_TYPES.map((type) => [type, add(type)])),
};

/** The number of events of a type in a stretch of time, and where in the log they are. */
interface TimeRow extends EventCount {
  readonly bucket: Bucket;
  readonly firstPosition: Position;
  readonly lastPosition: Position;
}

/** The type under which events of all types are counted. */
export const ALL_TYPES = '*';

export type AuditIndexTables = {
  readonly events: Map<string, IndexedEvent>;
  readonly users: Map<string, IndexedUser>;
  readonly times: Map<string, TimeRow>;
};

const LENGTHS: Readonly<Record<Bucket, number>> = {
  minute: 'yyyy-mm-ddThh:mm'.length,
  hour: 'yyyy-mm-ddThh'.length,
  day: 'yyyy-mm-dd'.length,
};
const FIRST_MOMENT = '0000-01-01T00:00:00.000Z';

/** Answers when the stretch of time begins in which a moment lies. */
export const startOf = (bucket: Bucket, at: Instant): Instant => {
  const kept = LENGTHS[bucket];
  return (at.slice(0, kept) + FIRST_MOMENT.slice(kept)) as Instant;
};

const isOf =
  (messageId: MessageId) =>
  ({ streamId }: IndexedEvent): boolean =>
    streamId === streamOf(message.category, messageId);

const lacksConversation = (row: IndexedEvent): row is IndexedEvent & { readonly messageId: MessageId } =>
  row.messageId !== null && row.conversationId === null;

/** Carries out what events mean. A database may do it in its own language, and has to give the same answers. */
export const auditIndexRows = ({ events, users, times }: AuditIndexTables): AuditIndexWriter => {
  const count = ({ position, recordedAt }: IndexedEvent, type: string): void => {
    for (const bucket of BUCKETS) {
      const start = startOf(bucket, recordedAt);
      const key = `${bucket} ${start} ${type}`;
      const before = times.get(key) ?? { events: 0, firstPosition: position, lastPosition: position };
      times.set(key, {
        ...{ bucket, start, type, events: before.events + 1 },
        firstPosition: earlierOf(before.firstPosition, position),
        lastPosition: laterOf(before.lastPosition, position),
      });
    }
  };
  const conversationOf = (messageId: MessageId | null): ConversationId | null =>
    messageId === null ? null : ([...events.values()].find(isOf(messageId))?.conversationId ?? null);
  /** The files of a message come before it. */
  const tell = (row: IndexedEvent): void => {
    for (const [key, each] of events)
      if (lacksConversation(each) && isOf(each.messageId)(row))
        events.set(key, { ...each, conversationId: row.conversationId });
  };
  return {
    add: (row, userIds) => {
      if (events.has(row.position)) return;
      events.set(row.position, { ...row, conversationId: row.conversationId ?? conversationOf(row.messageId) });
      tell(row);
      for (const userId of userIds) putNewRow(users, `${userId} ${row.position}`, { userId, position: row.position });
      count(row, row.type);
      count(row, ALL_TYPES);
    },
  };
};

/** Says what an event of the log is in the index, to compare the two. */
export const indexedEvent = (event: RecordedEvent): IndexedEvent => indexed(event, event.type);
