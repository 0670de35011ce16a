import type pg from 'pg';
import type { OwnProfile, PublicProfile, UserDirectory } from '../../../application/ports/user-directory.js';

const OWN_PROFILE = {
  name: 'users.own_profile',
  text: `select user_id as "userId", username, display_name as "displayName", email, email_verified as "emailVerified",
                created_at as "createdAt" from users.people where user_id = $1`,
};

const PROFILES = {
  name: 'users.profiles',
  text: 'select user_id as "userId", username, display_name as "displayName" from users.people where user_id = any ($1)',
};

/** People in PostgreSQL. */
export const createUserDirectory = (pool: pg.Pool): UserDirectory => ({
  findOwnProfile: async (userId) => (await pool.query<OwnProfile>({ ...OWN_PROFILE, values: [userId] })).rows[0],
  profiles: async (userIds) => {
    const { rows } = await pool.query<PublicProfile>({ ...PROFILES, values: [userIds] });
    return new Map(rows.map((profile) => [profile.userId, profile]));
  },
});
