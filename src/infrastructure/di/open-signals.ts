import type pg from 'pg';
import type { Logger } from 'pino';
import type { Signals } from '../../application/ports/signals.js';
import type { ReleaseStack } from '../release-stack.js';
import { PostgresSignals } from '../signals/postgres-signals.js';

export interface SignalsParts {
  readonly pool: pg.Pool;
  readonly log: Logger;
  readonly releases: ReleaseStack;
}

/** Signals to and from the other nodes on this database, until they are released. */
export const openSignals = async ({ pool, log, releases }: SignalsParts): Promise<Signals> => {
  const signals = new PostgresSignals({ pool, log });
  await signals.open();
  return releases.own('signals', signals, (it) => it.close());
};
