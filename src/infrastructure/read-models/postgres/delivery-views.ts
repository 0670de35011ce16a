import type pg from 'pg';
import type { Arrival, ArrivalState, DeliveryViews, OwnDelivery } from '../../../application/ports/delivery-views.js';
import type { Position } from '../../../domain/kernel/ids.js';
import * as sql from './delivery-views.sql.js';

interface StateRow {
  /** It counts from 1. */
  readonly index: number;
  readonly sentPosition: Position | null;
  /** It is null where there is no such message, or no such member. */
  readonly isNew: boolean | null;
}

/** An id that comes before that of every conversation. */
const NIL_UUID = '00000000-0000-0000-0000-000000000000';

const UNKNOWN: ArrivalState = { sentPosition: undefined, isNew: false };

/** What has come to users, in PostgreSQL. */
export const createDeliveryViews = (pool: pg.Pool): DeliveryViews => ({
  statesOf: async (arrivals) => {
    const values = [arrivals.map(({ userId }) => userId), arrivals.map(({ messageId }) => messageId)];
    const { rows } = await pool.query<StateRow>({ ...sql.STATES, values });
    const states = arrivals.map(() => UNKNOWN);
    for (const { index, sentPosition, isNew } of rows)
      states[index - 1] = { sentPosition: sentPosition ?? undefined, isNew: isNew ?? false };
    return states;
  },
  unreadUpTo: async (places) => {
    const values = [places.map(({ userId }) => userId), places.map(({ position }) => position)];
    return (await pool.query<Arrival & pg.QueryResultRow>({ ...sql.UNREAD_UP_TO, values })).rows;
  },
  deliveredTo: async (userId, after, limit) => {
    const values = [userId, after?.conversationId ?? NIL_UUID, after?.seq ?? 0, limit];
    return (await pool.query<OwnDelivery & pg.QueryResultRow>({ ...sql.DELIVERED_TO, values })).rows;
  },
});
