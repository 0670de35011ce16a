import { destroyErasedKeys } from '../../application/reactors/destroy-keys.js';
import { createErasedKeys } from '../security/erased-keys.js';
import type { ServerParts } from './server-parts.js';

/** Destroys the keys of erased users, until it is released. */
export const runKeyDestruction = ({ pool, events, consumers, releases }: ServerParts): void => {
  const ending = new AbortController();
  void consumers.run('key destruction', ending.signal, destroyErasedKeys(events, createErasedKeys(pool)));
  releases.own('key destruction', ending, (it) => it.abort());
};
