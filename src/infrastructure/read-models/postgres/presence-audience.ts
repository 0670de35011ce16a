import type pg from 'pg';
import type { PresenceAudience } from '../../../application/ports/presence-audience.js';
import type { UserId } from '../../../domain/kernel/ids.js';

/** Of these people: nobody who has blocked the viewer, and each as they have set it. */
const VISIBLE = {
  name: 'users.presence_visible',
  text: `
    select p.user_id as "userId"
      from users.people p
     where p.user_id = any ($2) and p.erased_at is null
       and (p.user_id = $1 or (
         not exists (select from users.relations b where b.user_id = p.user_id and b.kind = 'blocks' and b.other_id = $1)
         and (p.presence = 'everyone' or p.presence = 'contacts' and exists (
           select from users.relations c where c.user_id = p.user_id and c.kind = 'contacts' and c.other_id = $1))))`,
};

/** Settings, contacts and blocks in PostgreSQL. */
export const createPresenceAudience = (pool: pg.Pool): PresenceAudience => ({
  visibleTo: async (viewer, people) => {
    const { rows } = await pool.query<{ userId: UserId }>({ ...VISIBLE, values: [viewer, people] });
    return new Set(rows.map(({ userId }) => userId));
  },
});
