import type { PastSession, SessionView, SessionViews } from '../../../application/ports/session-views.js';
import type { SessionRow, UsersTables } from '../../../application/projections/users-tables.js';

const viewOf = ({ sessionId, device, address, startedAt, lastUsedAt }: SessionRow): SessionView => ({
  ...{ sessionId, device, address, lastUsedAt },
  createdAt: startedAt,
});

const newestFirst =
  (timeOf: (row: SessionRow) => string) =>
  (one: SessionRow, other: SessionRow): number => {
    const [a, b] = [timeOf(one), timeOf(other)];
    if (a !== b) return a > b ? -1 : 1;
    return one.sessionId < other.sessionId ? -1 : 1;
  };

/** Sessions in memory. */
export const sessionViewsInMemory = (tables: () => UsersTables): SessionViews => {
  const of = (userId: string) => [...tables().sessions.values()].filter((row) => row.userId === userId);
  return {
    open: async (userId, now) =>
      of(userId)
        .filter(({ endedAt, expiresAt }) => endedAt === null && expiresAt > now)
        .sort(newestFirst(({ lastUsedAt }) => lastUsedAt))
        .map(viewOf),
    all: async (userId): Promise<readonly PastSession[]> =>
      of(userId)
        .sort(newestFirst(({ startedAt }) => startedAt))
        .map((row) => ({ ...viewOf(row), endedAt: row.endedAt })),
  };
};
