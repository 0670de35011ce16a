import { Container } from 'inversify';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { KeyedHashes } from '../../application/ports/keyed-hashes.js';
import { UNTRACED } from '../../application/ports/tracing.js';
import type { Config } from '../config.js';
import type { MakeLimiter } from '../limits/limiters.js';
import { CommandTracing } from '../observability/tracing/command-tracing.js';
import type { MessageEngine } from '../stores/message-engine.js';
import type { OpenedLog } from '../stores/open-log.js';
import type { Application } from './application.js';
import { audit } from './audit.module.js';
import { application } from './application.module.js';
import { maintenance } from './maintenance.module.js';
import { media } from './media.module.js';
import { readModels } from './read-models.module.js';
import { security } from './security.module.js';
import { sharedParts } from './shared-parts.module.js';
import { TOKENS } from './tokens.js';
import { useCases } from './use-cases.module.js';

type Opened = Omit<OpenedLog, 'masterKeys'> & {
  readonly pool: pg.Pool;
  readonly engine: MessageEngine;
  readonly log: Logger;
  /** Where limits are counted. */
  readonly limiters: (pool: pg.Pool, hashes: KeyedHashes) => MakeLimiter;
  /** What shows how commands are carried out; by default nothing does. */
  readonly commandTracing?: CommandTracing;
  /** It is given when the server begins to stop; by default it never is. */
  readonly stopping?: AbortSignal;
};

/** Makes the application of what was opened. */
export const createApplication = (config: Config, opened: Opened): Promise<Application> => {
  const { log, pool, engine, keys, userKeys, jwtSecrets, events, limiters } = opened;
  const container = new Container();
  container.bind(TOKENS.Config).toConstantValue(config);
  container.bind(TOKENS.Log).toConstantValue(log);
  container.bind(TOKENS.CommandTracing).toConstantValue(opened.commandTracing ?? new CommandTracing(UNTRACED));
  container.bind(TOKENS.Stopping).toConstantValue(opened.stopping ?? new AbortController().signal);
  container.bind(TOKENS.Pool).toConstantValue(pool);
  container.bind(TOKENS.MessageEngine).toConstantValue(engine);
  container.bind(TOKENS.KeyRing).toConstantValue(keys);
  container.bind(TOKENS.UserKeys).toConstantValue(userKeys);
  container.bind(TOKENS.UserKeySource).toConstantValue(userKeys);
  container.bind(TOKENS.JwtSecrets).toConstantValue(jwtSecrets);
  container.bind(TOKENS.EventStore).toConstantValue(events);
  container.bind(TOKENS.Checkpoints).toConstantValue(opened.checkpoints);
  container.bind(TOKENS.StoredLog).toConstantValue(events);
  container.bind(TOKENS.MakeLimiter).toResolvedValue(limiters, [TOKENS.Pool, TOKENS.KeyedHashes]).inSingletonScope();
  container.load(audit, maintenance, security, media, readModels, sharedParts, useCases, application);
  return container.getAsync(TOKENS.Application);
};
