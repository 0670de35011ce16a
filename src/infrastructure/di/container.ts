import { Container } from 'inversify';
import type { Config } from '../config.js';
import type { Stores } from './open-stores.js';
import { readModels } from './read-models.module.js';
import { security } from './security.module.js';
import { TOKENS } from './tokens.js';
import { useCases } from './use-cases.module.js';

type Opened = Omit<Stores, 'place' | 'masterKeys'>;

/** Everything that is made of the stores. */
export const containerOf = (config: Config, { pool, keys, personKeys, jwtSecrets, events }: Opened): Container => {
  const container = new Container();
  container.bind(TOKENS.Config).toConstantValue(config);
  container.bind(TOKENS.Pool).toConstantValue(pool);
  container.bind(TOKENS.KeyRing).toConstantValue(keys);
  container.bind(TOKENS.PersonKeys).toConstantValue(personKeys);
  container.bind(TOKENS.JwtSecrets).toConstantValue(jwtSecrets);
  container.bind(TOKENS.EventStore).toConstantValue(events);
  container.load(security, readModels, useCases);
  return container;
};
