import type { UserKeySource } from './sealing.js';

/** Has no key of anybody: what is sealed is read as `erased`, and costs nothing. */
export const noKeys: UserKeySource = {
  peek: () => null,
  forReading: (owners) => Promise.resolve(new Map(owners.map((owner) => [owner, null]))),
  forWriting: () => Promise.reject(new Error('nothing is written without keys')),
};
