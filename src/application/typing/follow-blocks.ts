import type { Position } from '../../domain/kernel/ids.js';
import type { Work } from '../consumers/consumers.js';
import { followLog } from '../consumers/follow-log.js';
import { isOfType } from '../kernel/is-of-type.js';
import type { EventStore } from '../ports/event-store.js';
import type { ProjectionProgress } from '../ports/projection-progress.js';
import type { KnownBlocks } from './known-blocks.js';

const WAIT_MS = 5_000;

/**
 * Keeps what is known of blocks up to date. A new block counts at once. Once the read model shows it, both users are asked
 * for again: an answer that was on its way may have been made before.
 */
export const followBlocks = (
  {
    store,
    progress,
    blocks,
  }: {
    readonly store: EventStore;
    readonly progress: ProjectionProgress;
    readonly blocks: Pick<KnownBlocks, 'add' | 'forget'>;
  },
  after: Position,
): Work =>
  followLog({
    store,
    types: ['UserBlocked', 'UserUnblocked'],
    after,
    take: async ({ events }, signal) => {
      const last = events.at(-1);
      if (!last) return;
      const changes = events.filter((event) => isOfType(event, 'UserBlocked', 'UserUnblocked'));
      for (const { type, data } of changes) if (type === 'UserBlocked') blocks.add(data.userId, data.blockedId);
      while (!signal.aborted && !(await progress.waitFor('users', last.position, WAIT_MS))) continue;
      for (const { data } of changes) for (const userId of [data.userId, data.blockedId]) blocks.forget(userId);
    },
  });
