import type pg from 'pg';
import { untimed } from '../../postgres/session.js';
import type { LogStats, TypeStats } from '../../../application/ports/log-stats.js';

const TYPES = `
  select type, count(*)::integer as events, sum(length(data) + length(metadata))::float8 as bytes
    from log.events group by type order by events desc, type`;
const STREAMS = `
  select count(*)::integer as streams, coalesce(max(position), 0)::text as head
    from (select max(position) as position from log.events group by stream_id) s`;
const ENDS = `
  select (select convert_from(metadata, 'UTF8')::json ->> 'recordedAt' from log.events order by position limit 1) as "firstAt",
         (select convert_from(metadata, 'UTF8')::json ->> 'recordedAt' from log.events order by position desc limit 1) as "lastAt"`;

const read = async (client: pg.ClientBase): Promise<LogStats> => {
  const { rows: types } = await client.query<TypeStats>(TYPES);
  const { rows: streams } = await client.query<Pick<LogStats, 'streams' | 'head'>>(STREAMS);
  const { rows: ends } = await client.query<Pick<LogStats, 'firstAt' | 'lastAt'>>(ENDS);
  const sum = (of: (stats: TypeStats) => number): number => types.reduce((total, each) => total + of(each), 0);
  return {
    events: sum(({ events }) => events),
    bytes: sum(({ bytes }) => bytes),
    ...(streams[0] ?? { streams: 0, head: '0' }),
    ...(ends[0] ?? { firstAt: null, lastAt: null }),
    types,
  };
};

/** Reads the whole table: seconds for millions of events. */
export const logStats = async (pool: pg.Pool): Promise<LogStats> => {
  const client = await pool.connect();
  try {
    return await untimed(client, () => read(client));
  } finally {
    client.release();
  }
};
