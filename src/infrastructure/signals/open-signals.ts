import type pg from 'pg';
import type { Logger } from 'pino';
import type { Consumers } from '../../application/consumers/consumers.js';
import type { Signals } from '../../application/ports/signals.js';
import { PROBE_SECONDS } from '../postgres/listener.js';
import type { ReleaseStack } from '../release-stack.js';
import { PostgresSignals } from './postgres-signals.js';

export interface SignalsParts {
  readonly pool: pg.Pool;
  readonly consumers: Consumers;
  readonly log: Logger;
  readonly releases: ReleaseStack;
}

/** Opens the signals to and from the other nodes on this database, until they are released. */
export const openSignals = async ({ pool, consumers, log, releases }: SignalsParts): Promise<Signals> => {
  const consumer = consumers.add('signals', PROBE_SECONDS);
  const signals = new PostgresSignals({ pool, log, alive: () => consumer.alive() });
  await signals.open();
  return releases.own('signals', signals, (it) => it.close());
};
