import { destroyErasedKeys } from '../../application/reactors/destroy-keys.js';
import { createErasedKeys } from '../security/erased-keys.js';
import type { ServerParts } from './server-parts.js';

/** Destroys the keys of erased users, until it is released, and tells when users were erased. */
export const runKeyDestruction = ({ pool, events, consumers, releases }: ServerParts, onErased: () => void): void => {
  const ending = new AbortController();
  void consumers.run('key destruction', ending.signal, destroyErasedKeys(events, createErasedKeys(pool), onErased));
  releases.own('key destruction', ending, (it) => it.abort());
};
