import type pg from 'pg';
import type { UserList } from '../../../application/ports/user-list.js';
import type { OwnProfile } from '../../../application/ports/user-directory.js';
import { searchKey } from '../../../domain/users/search-key.js';

const LIST = `
  select p.user_id as "userId", p.username, p.display_name as "displayName", p.bio,
         p.avatar_media_id as "avatarMediaId", p.email, p.email_verified as "emailVerified", p.roles,
         p.created_at as "createdAt"
    from users.people p
   where p.erased_at is null
     and ($1::text is null or starts_with(lower(p.email), $1)
          or exists (select from users.search_terms t where t.user_id = p.user_id and starts_with(t.term, $1)))
   order by p.username_key limit $2`;

/** Users in PostgreSQL. */
export const createUserList = (pool: pg.Pool): UserList => ({
  list: async (query, limit) =>
    (await pool.query<OwnProfile>(LIST, [query === undefined ? null : searchKey(query), limit])).rows,
});
