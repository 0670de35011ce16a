import type pg from 'pg';
import type { Logger } from 'pino';
import type { Consumers } from '../../application/consumers/consumers.js';
import type { StoredLog } from '../event-store/stored-log.js';
import type { Tracing } from '../../application/ports/tracing.js';
import type { Signals } from '../../application/ports/signals.js';
import type { Config } from '../config.js';
import type { Application } from '../di/application.js';
import type { Metrics } from '../observability/metrics.js';
import type { MessageEngine } from '../stores/message-engine.js';
import type { ReleaseStack } from '../release-stack.js';

/** What the parts of a server are started with. */
export interface ServerParts {
  readonly application: Application;
  readonly pool: pg.Pool;
  readonly engine: MessageEngine;
  readonly events: StoredLog;
  readonly signals: Signals;
  readonly consumers: Consumers;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly config: Config;
  readonly log: Logger;
  readonly releases: ReleaseStack;
  /** It is told when the server begins to stop: answers without an end of their own end then. */
  readonly stopping: AbortController;
}
