import type { Page, ProfilePage, PublicProfile, UserDirectory } from '../../../application/ports/user-directory.js';
import { openUsernameCursor, usernameCursor } from '../../../application/users/username-cursor.js';
import type { UserRow, UsersTables } from '../../../application/projections/users-tables.js';

const publicOf = ({ userId, username, displayName, bio, avatarMediaId }: UserRow): PublicProfile => ({
  ...{ userId, username, displayName, bio, avatarMediaId },
});

/** Users in memory. */
export const userDirectoryInMemory = (tables: () => UsersTables): UserDirectory => {
  const present = (userId: string): UserRow | undefined => {
    const row = tables().users.get(userId);
    return row?.erasedAt === null ? row : undefined;
  };
  const page = (rows: readonly UserRow[], { cursor, limit }: Page): ProfilePage => {
    const behind = openUsernameCursor(cursor);
    const listed = rows
      .filter((row) => row.usernameKey > behind)
      .sort((one, other) => (one.usernameKey < other.usernameKey ? -1 : 1));
    const last = listed[limit - 1];
    return {
      profiles: listed.slice(0, limit).map(publicOf),
      nextCursor: listed.length > limit && last ? usernameCursor(last.usernameKey) : null,
    };
  };
  return {
    findOwnProfile: async (userId) => {
      const row = present(userId);
      if (!row) return undefined;
      const { email, emailVerified, roles, createdAt } = row;
      return { ...publicOf(row), email, emailVerified, roles, createdAt };
    },
    findSettings: async (userId) => present(userId)?.settings,
    profiles: async (userIds) => {
      const rows = userIds.flatMap((userId) => tables().users.get(userId) ?? []);
      return new Map(rows.map((row) => [row.userId, publicOf(row)]));
    },
    withoutReceipts: async (userIds) =>
      new Set(userIds.filter((userId) => tables().users.get(userId)?.settings.readReceipts === false)),
    search: async (key, asked) => {
      const isFound = (row: UserRow) => row.erasedAt === null && row.terms.some((term) => term.startsWith(key));
      return page([...tables().users.values()].filter(isFound), asked);
    },
    related: async (userId, relation, asked) => {
      const related = [...tables().relations.values()].filter((row) => row.userId === userId && row.kind === relation);
      return page(
        related.flatMap(({ otherId }) => tables().users.get(otherId) ?? []),
        asked,
      );
    },
  };
};
