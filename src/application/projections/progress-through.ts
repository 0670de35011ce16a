import type { Position } from '../../domain/kernel/ids.js';
import { LOG_START } from '../../domain/kernel/position.js';
import type { EventStore } from '../ports/event-store.js';
import type { RebuildProgress } from '../ports/projection-operations.js';

/** Reports how much of the log, as long as it was at first, has been gone through. */
export const progressThrough = async (
  events: Pick<EventStore, 'countBetween' | 'head'>,
  onProgress: (progress: RebuildProgress) => void,
) => {
  const total = await events.countBetween(LOG_START, await events.head());
  let done = 0;
  return async (position: Position, count: number): Promise<void> => {
    done += count;
    const passed = await events.countBetween(LOG_START, position);
    onProgress({ events: done, share: passed < total ? passed / total : 1, passed: Math.min(passed, total), total });
  };
};
