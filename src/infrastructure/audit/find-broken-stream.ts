import type pg from 'pg';
import type { Misfit } from '../../application/audit/misfit.js';
import type { Position, StreamId } from '../../domain/kernel/ids.js';
import { untimed } from '../postgres/session.js';

/** Goes through the index of streams and revisions: in the memory of the database, however many streams there are. */
const FIND = `
  select position::text as position, stream_id as "streamId", revision, before, earlier::text as earlier
    from (select position, stream_id, revision, lag(revision) over w as before, lag(position) over w as earlier
            from log.events window w as (partition by stream_id order by revision)) e
   where revision <> coalesce(before, -1) + 1 or position < earlier
   order by position limit 1`;

interface Row {
  readonly position: Position;
  readonly streamId: StreamId;
  readonly revision: number;
  readonly before: number | null;
  readonly earlier: string | null;
}

const detailOf = ({ revision, before, earlier }: Row): string =>
  revision === (before ?? -1) + 1
    ? `revision ${revision} stands before the revision that it follows on, which is at position ${earlier}`
    : `revision ${revision} follows on ${before ?? 'none'}`;

/** Answers the first event whose revision does not follow on the one before it in its stream. */
export const findBrokenStream = async (pool: pg.Pool): Promise<Misfit | undefined> => {
  const client = await pool.connect();
  try {
    const { rows } = await untimed(client, () => client.query<Row>(FIND));
    const [row] = rows;
    return row && { what: 'revision', position: row.position, streamId: row.streamId, detail: detailOf(row) };
  } finally {
    client.release();
  }
};
