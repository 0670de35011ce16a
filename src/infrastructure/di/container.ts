import { Container } from 'inversify';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { Stores } from './open-stores.js';
import { readModels } from './read-models.module.js';
import { security } from './security.module.js';
import { sharedParts } from './shared-parts.module.js';
import { TOKENS } from './tokens.js';
import { useCases } from './use-cases.module.js';

type Opened = Omit<Stores, 'place' | 'masterKeys'> & { readonly log: Logger };

/** Everything that is made of the stores. */
export const containerOf = (config: Config, opened: Opened): Container => {
  const { log, pool, keys, userKeys, jwtSecrets, events } = opened;
  const container = new Container();
  container.bind(TOKENS.Config).toConstantValue(config);
  container.bind(TOKENS.Log).toConstantValue(log);
  container.bind(TOKENS.Pool).toConstantValue(pool);
  container.bind(TOKENS.KeyRing).toConstantValue(keys);
  container.bind(TOKENS.UserKeys).toConstantValue(userKeys);
  container.bind(TOKENS.JwtSecrets).toConstantValue(jwtSecrets);
  container.bind(TOKENS.EventStore).toConstantValue(events);
  container.load(security, readModels, sharedParts, useCases);
  return container;
};
