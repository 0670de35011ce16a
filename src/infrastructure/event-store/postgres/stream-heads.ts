import type pg from 'pg';
import { EventStoreOverloadedError, type EventStore, type StreamHead } from '../../../application/ports/event-store.js';
import type { StreamId } from '../../../domain/kernel/ids.js';
import { BoundedWork } from '../../bounded-work.js';
import type { StoreLimits } from './store-limits.js';

const HEADS = {
  name: 'log.heads',
  text: `select asked.stream_id as "streamId", last.revision, last.type
           from unnest($1::text[]) as asked (stream_id)
          cross join lateral (select e.revision, e.type from log.events e
                               where e.stream_id = asked.stream_id order by e.revision desc limit 1) as last`,
};

/** Looks up how streams end. A question may name a thousand: few are asked at a time, so that others are answered meanwhile. */
export const createStreamHeads = (
  pool: pg.Pool,
  { headQueries, queuedHeadQueries }: StoreLimits,
): EventStore['heads'] => {
  const bounded = new BoundedWork(
    { atOnce: headQueries, mayWait: queuedHeadQueries },
    () => new EventStoreOverloadedError('too many questions for the heads of streams wait'),
  );
  return async (streamIds: readonly StreamId[]) => {
    if (streamIds.length === 0) return new Map();
    const { rows } = await bounded.run(() =>
      pool.query<StreamHead & { readonly streamId: StreamId }>({ ...HEADS, values: [streamIds] }),
    );
    return new Map(rows.map(({ streamId, revision, type }) => [streamId, { revision, type }]));
  };
};
