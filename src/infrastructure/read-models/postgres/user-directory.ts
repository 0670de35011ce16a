import type pg from 'pg';
import type {
  OwnProfile,
  Page,
  ProfilePage,
  PublicProfile,
  UserDirectory,
} from '../../../application/ports/user-directory.js';
import type { UserId } from '../../../domain/kernel/ids.js';
import type { Settings } from '../../../domain/users/settings.js';
import { openUsernameCursor, usernameCursor } from '../../../application/users/username-cursor.js';
import * as sql from './user-directory.sql.js';

type ListedRow = PublicProfile & { readonly username_key: string };

/** A term after every term that begins so. */
const endOf = (prefix: string): string => `${prefix}\u{10ffff}`;

/** Users in PostgreSQL. */
export const createUserDirectory = (pool: pg.Pool): UserDirectory => {
  const select = async <Row extends object>(
    query: { readonly name: string; readonly text: string },
    ...values: unknown[]
  ): Promise<Row[]> => (await pool.query<Row>({ ...query, values })).rows;

  const page = async (
    query: { readonly name: string; readonly text: string },
    values: readonly unknown[],
    limit: number,
  ): Promise<ProfilePage> => {
    const rows = await select<ListedRow>(query, ...values, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      profiles: shown.map(({ username_key: _, ...profile }) => profile),
      nextCursor: rows.length > limit && last ? usernameCursor(last.username_key) : null,
    };
  };

  return {
    findOwnProfile: async (userId) => (await select<OwnProfile>(sql.OWN_PROFILE, userId))[0],
    findSettings: async (userId) => (await select<Settings>(sql.SETTINGS, userId))[0],
    profiles: async (userIds) => {
      const rows = await select<PublicProfile>(sql.PROFILES, userIds);
      return new Map(rows.map((profile) => [profile.userId, profile]));
    },
    withoutReceipts: async (userIds) => {
      const rows = await select<{ userId: UserId }>(sql.WITHOUT_RECEIPTS, userIds);
      return new Set(rows.map(({ userId }) => userId));
    },
    search: (key, { cursor, limit }: Page) => page(sql.SEARCH, [openUsernameCursor(cursor), key, endOf(key)], limit),
    related: (userId, relation, { cursor, limit }: Page) =>
      page(sql.RELATED, [userId, relation, openUsernameCursor(cursor)], limit),
  };
};
