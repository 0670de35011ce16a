import type pg from 'pg';
import type { AnnouncedProgress } from '../../../application/projections/announced-progress.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { LOG_START } from '../../../domain/kernel/position.js';
import { PostgresListener, type ListenerParts } from '../../postgres/listener.js';
import { ownerOf } from '../../postgres/owner-of.js';
import { PROGRESS_CHANNEL } from './checkpoint.sql.js';

/** Listens to how far projections have come that other nodes run. */
export const createProgressListener = (
  pool: pg.Pool,
  progress: AnnouncedProgress,
  watching: Pick<ListenerParts, 'alive' | 'log'>,
): PostgresListener =>
  new PostgresListener({
    config: pool.options,
    channel: PROGRESS_CHANNEL,
    owner: ownerOf(pool.options),
    onNotify: (payload) => {
      const [name = '', position = LOG_START, revised] = payload.split(' ');
      if (revised === undefined) progress.announce(name, position as Position);
      else progress.revise(name);
    },
    // The database may have crashed, and have taken back the last of what was announced.
    onLost: () => progress.forget(),
    onReconnect: () => undefined, // the next announcement has everything
    ...watching,
  });
