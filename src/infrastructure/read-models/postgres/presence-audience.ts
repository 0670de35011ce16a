import type pg from 'pg';
import type { PresenceAudience } from '../../../application/ports/presence-audience.js';

/** Answers all questions at once, each by its number. A user is visible as they have set it, and never to a user they have blocked. */
const VISIBLE = {
  name: 'users.presence_visible',
  text: `
    select (q.number - 1)::integer as number
      from unnest($1::uuid[], $2::uuid[]) with ordinality as q (viewer, user_id, number)
      join users.people p on p.user_id = q.user_id
     where p.erased_at is null
       and (p.user_id = q.viewer or (
         not exists (select from users.relations b
                      where b.user_id = p.user_id and b.kind = 'blocks' and b.other_id = q.viewer)
         and (p.presence = 'everyone' or p.presence = 'contacts' and exists (
           select from users.relations c
            where c.user_id = p.user_id and c.kind = 'contacts' and c.other_id = q.viewer))))`,
};

/** Settings, contacts and blocks in PostgreSQL. */
export const createPresenceAudience = (pool: pg.Pool): PresenceAudience => ({
  areVisible: async (questions) => {
    const values = [questions.map(({ viewer }) => viewer), questions.map(({ userId }) => userId)];
    const { rows } = await pool.query<{ number: number }>({ ...VISIBLE, values });
    const visible = new Set(rows.map(({ number }) => number));
    return questions.map((_, number) => visible.has(number));
  },
});
