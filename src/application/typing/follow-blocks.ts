import type { Position, UserId } from '../../domain/kernel/ids.js';
import type { Work } from '../consumers/consumers.js';
import { followLog } from '../consumers/follow-log.js';
import { isOfType } from '../kernel/is-of-type.js';
import type { EventStore } from '../ports/event-store.js';
import type { ProjectionProgress } from '../ports/projection-progress.js';
import type { KnownBlocks } from './known-blocks.js';

const WAIT_MS = 5_000;

/**
 * Keeps what is known of blocks up to date. A new block counts at once, also where the read model has stopped. Once the read
 * model shows it, both users are asked for again: an answer that was on its way may have been made before.
 */
export const followBlocks = (
  {
    store,
    progress,
    blocks,
  }: {
    readonly store: EventStore;
    readonly progress: Pick<ProjectionProgress, 'waitFor'>;
    readonly blocks: Pick<KnownBlocks, 'add' | 'forget'>;
  },
  after: Position,
): Work => {
  const forgetOnceShown = async (
    userIds: readonly UserId[],
    position: Position,
    signal: AbortSignal,
  ): Promise<void> => {
    while (!signal.aborted && !(await progress.waitFor('users', position, WAIT_MS))) continue;
    for (const userId of userIds) blocks.forget(userId);
  };

  return followLog({
    store,
    types: ['UserBlocked', 'UserUnblocked'],
    after,
    take: ({ events }, signal) => {
      const last = events.at(-1);
      if (!last) return;
      const changes = events.filter((event) => isOfType(event, 'UserBlocked', 'UserUnblocked'));
      for (const { type, data } of changes) if (type === 'UserBlocked') blocks.add(data.userId, data.blockedId);
      const userIds = changes.flatMap(({ data }) => [data.userId, data.blockedId]);
      void forgetOnceShown(userIds, last.position, signal); // Later blocks do not wait for it.
    },
  });
};
