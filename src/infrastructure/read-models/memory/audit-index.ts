import { startOf, ALL_TYPES, auditIndexRows } from '../../../application/projections/audit-index.js';
import type { AuditIndexTables, IndexedEvent } from '../../../application/projections/audit-index.js';
import type { AuditIndexWriters } from '../../../application/projections/registry.js';
import type { AuditIndex, EventCriteria } from '../../../application/ports/audit-index.js';
import type { Position, UserId } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../../domain/kernel/position.js';
import type { MemoryReadModel } from '../../projections/memory/memory-read-model.js';

/** The index of events in memory. */
export const auditIndexInMemory: MemoryReadModel<AuditIndexWriters, AuditIndexTables> = {
  create: () => ({ events: new Map(), users: new Map(), times: new Map() }),
  writersOf: (tables) => ({ auditIndex: auditIndexRows(tables) }),
};

const isAsGiven = <Value>(given: Value | undefined, value: Value | null): boolean =>
  given === undefined || given === value;

/** Says whether the index has not been told its conversation yet: then it may fit. */
const isUntold = ({ conversationId, messageId }: IndexedEvent): boolean =>
  conversationId === null && messageId !== null;

const fits =
  ({ type, streamId, actorId, conversationId, userId, from, to }: EventCriteria, { users }: AuditIndexTables) =>
  (row: IndexedEvent): boolean => {
    const isSame =
      isAsGiven(type, row.type) &&
      isAsGiven(streamId, row.streamId) &&
      isAsGiven(actorId, row.actorId) &&
      (isAsGiven(conversationId, row.conversationId) || isUntold(row));
    return isSame && isWithin(row, from, to) && isConcerned(users, userId, row);
  };

const isWithin = ({ recordedAt }: IndexedEvent, from: EventCriteria['from'], to: EventCriteria['to']): boolean =>
  (from === undefined || recordedAt >= from) && (to === undefined || recordedAt < to);

const isConcerned = (
  users: AuditIndexTables['users'],
  userId: UserId | undefined,
  { position }: IndexedEvent,
): boolean => userId === undefined || users.has(`${userId} ${position}`);

export const auditIndexViewsInMemory = (tables: () => AuditIndexTables, reached: () => Position): AuditIndex => ({
  reached: async () => reached(),
  find: async (criteria, { after, upTo }, limit) => {
    const positions = [...tables().events.values()]
      .filter(({ position }) => comparePositions(position, after) > 0 && hasReached(upTo, position))
      .filter(fits(criteria, tables()))
      .map(({ position }) => position)
      .sort(comparePositions)
      .slice(0, limit);
    return { positions, lookedUpTo: positions.length === limit ? (positions.at(-1) ?? upTo) : upTo };
  },
  count: async ({ bucket, type, from, to, after, limit }) => {
    const keyOf = (row: { readonly start: string; readonly type: string }) => `${row.start} ${row.type}`;
    const counts = [...tables().times.values()]
      .filter((row) => row.bucket === bucket && (type === undefined ? row.type !== ALL_TYPES : row.type === type))
      .filter(
        (row) => (from === undefined || row.start >= startOf(bucket, from)) && (to === undefined || row.start < to),
      )
      .filter((row) => after === undefined || keyOf(row) > keyOf(after))
      .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
      .slice(0, limit)
      .map(({ start, type: of, events }) => ({ start, type: of, events }));
    return { counts, position: reached() };
  },
});
