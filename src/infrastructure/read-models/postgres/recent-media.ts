import type { RecentEvents } from '../../../application/ports/projection-generations.js';
import type { RecentQuestion } from '../../projections/postgres/recent-question.js';
import { recentOf } from '../../projections/recent-events.js';
import { recordset } from './recordset.js';

/** The files that have been removed since, and those of users who have been erased, need not be there. */
const UPLOADED = `
  select i.position, format('file %s is missing', i."mediaId") as problem
    from json_to_recordset($1) as i ("mediaId" uuid, "uploaderId" uuid, position bigint)
   where not exists (select from media.files f where f.media_id = i."mediaId")
     and i."uploaderId" not in (select "userId" from json_to_recordset($2) as e ("userId" uuid))
     and i."mediaId" not in (select "mediaId" from json_to_recordset($3) as r ("mediaId" uuid))`;

const REMOVED = `
  select i.position, format('file %s is not removed', i."mediaId") as problem
    from json_to_recordset($1) as i ("mediaId" uuid, position bigint)
   where exists (select from media.files f where f.media_id = i."mediaId")`;

const ERASED = `
  select i.position, format('files of user %s are not erased', i."userId") as problem
    from json_to_recordset($1) as i ("userId" uuid, position bigint)
   where exists (select from media.files f where f.uploader_id = i."userId")`;

/** Looks for what the newest events must have left of uploaded files. */
export const recentMedia = (newest: RecentEvents): readonly RecentQuestion[] => {
  const erased = recordset(recentOf(newest, 'UserErased').map(({ userId, position }) => ({ userId, position })));
  const uploaded = recentOf(newest, 'MediaUploaded').map(({ mediaId, uploaderId, position }) => ({
    mediaId,
    uploaderId,
    position,
  }));
  const removed = recordset(recentOf(newest, 'MediaRemoved').map(({ mediaId, position }) => ({ mediaId, position })));
  return [
    { text: UPLOADED, values: [...recordset(uploaded), ...erased, ...removed] },
    { text: REMOVED, values: removed },
    { text: ERASED, values: erased },
  ];
};
