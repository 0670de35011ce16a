import type pg from 'pg';
import type { Logger } from 'pino';
import type { Consumers } from '../../application/consumers/consumers.js';
import type { Signals } from '../../application/ports/signals.js';
import type { Config } from '../config.js';
import { parseNatsUrl } from '../nats/nats-address.js';
import { NATS_PROBE_SECONDS } from '../nats/nats-link.js';
import { openNats } from '../nats/open-nats.js';
import type { Metrics } from '../observability/metrics.js';
import { PROBE_SECONDS } from '../postgres/listener.js';
import type { ReleaseStack } from '../release-stack.js';
import type { BatchedSignals } from './batched-signals.js';
import { NatsSignals } from './nats-signals.js';
import { PostgresSignals } from './postgres-signals.js';

export interface SignalsParts {
  readonly pool: pg.Pool;
  readonly consumers: Consumers;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly releases: ReleaseStack;
}

/** What users miss while the signals of other nodes do not come. */
const MISSED = 'typing and presence of users on other nodes are not shown';

type OpenedSignals = BatchedSignals & { open(): Promise<void>; close(): Promise<void> };

const overPostgres = ({ pool, consumers, log, metrics }: SignalsParts): OpenedSignals => {
  const consumer = consumers.add('signals', PROBE_SECONDS);
  return new PostgresSignals({
    pool,
    log,
    alive: () => consumer.alive(),
    onLost: (count) => metrics.signalsLost.inc(count),
  });
};

const overNats = (url: string, config: Config, { consumers, log, metrics }: SignalsParts): OpenedSignals => {
  const consumer = consumers.add('signals', NATS_PROBE_SECONDS, MISSED);
  const options = { ...parseNatsUrl(url), caFile: config.NATS_CA_FILE };
  return new NatsSignals({
    connect: () => openNats(options),
    subject: signalsSubject(config),
    log,
    alive: () => consumer.alive(),
    onLost: (count) => metrics.signalsLost.inc(count),
  });
};

/** The subject on which all nodes of an installation speak. */
export const signalsSubject = ({ NATS_PREFIX }: Pick<Config, 'NATS_PREFIX'>): string => `${NATS_PREFIX}.signals`;

/** Opens the signals to and from the other nodes, over NATS or on this database, until they are released. */
export const openSignals = async (config: Config, parts: SignalsParts): Promise<Signals> => {
  const { NATS_URL } = config;
  const signals = NATS_URL === undefined ? overPostgres(parts) : overNats(NATS_URL, config, parts);
  await signals.open();
  return parts.releases.own('signals', signals, (it) => it.close());
};
