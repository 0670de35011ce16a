import type { RecentEvents } from '../../../application/ports/projection-generations.js';
import type { RecentQuestion } from '../../projections/postgres/recent-question.js';
import { recentOf } from '../../projections/recent-events.js';
import { recordset } from './recordset.js';

const SENT = `
  select i.position, format('message %s is not found', i."messageId") as problem
    from json_to_recordset($1) as i ("messageId" uuid, position bigint)
    left join search.messages m on m.message_id = i."messageId"
   where m.sent_position is distinct from i.position`;

/** A missing message is reported by itself. */
const CHANGED = `
  select max(i.position) as position, format('message %s is not found as it was changed', i."messageId") as problem
    from json_to_recordset($1) as i ("messageId" uuid, position bigint)
    join search.messages m on m.message_id = i."messageId"
   group by i."messageId", m.position having m.position < max(i.position)`;

const ERASED = `
  select i.position, format('texts of user %s are found', i."userId") as problem
    from json_to_recordset($1) as i ("userId" uuid, position bigint)
   where not exists (select from search.erased e where e.user_id = i."userId")
      or exists (select from search.messages m where m.sender_id = i."userId" and m.text is not null)`;

/** Looks for what the newest events must have left of what messages are found by. */
export const recentSearch = (newest: RecentEvents): readonly RecentQuestion[] => {
  const placesOf = (type: 'MessageSent' | 'MessageEdited' | 'MessageDeleted') =>
    recentOf(newest, type).map(({ messageId, position }) => ({ messageId, position }));
  const erased = recentOf(newest, 'UserErased').map(({ userId, position }) => ({ userId, position }));
  return [
    { text: SENT, values: recordset(placesOf('MessageSent')) },
    { text: CHANGED, values: recordset([...placesOf('MessageEdited'), ...placesOf('MessageDeleted')]) },
    { text: ERASED, values: recordset(erased) },
  ];
};
