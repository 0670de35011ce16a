import type pg from 'pg';
import type { Blocks } from '../../../application/ports/blocks.js';
import type { UserId } from '../../../domain/kernel/ids.js';

/** Answers each block of these users from their side, whichever side it was made from. */
const SHARED = {
  name: 'users.shared_blocks',
  text: `
    select user_id as "userId", other_id as "otherId"
      from users.relations where kind = 'blocks' and user_id = any ($1::uuid[])
    union
    select other_id, user_id
      from users.relations where kind = 'blocks' and other_id = any ($1::uuid[])`,
};

/** Blocks in PostgreSQL. */
export const createBlocks = (pool: pg.Pool): Blocks => ({
  ofUsers: async (userIds) => {
    const { rows } = await pool.query<{ userId: UserId; otherId: UserId }>({ ...SHARED, values: [userIds] });
    const shared = new Map(userIds.map((userId) => [userId, new Set<UserId>()]));
    for (const { userId, otherId } of rows) shared.get(userId)?.add(otherId);
    return shared;
  },
});
