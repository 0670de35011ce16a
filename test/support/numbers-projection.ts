import type { Projection } from '../../src/application/projections/projector.js';

/** What the smallest of projections writes to. */
export interface Numbers {
  add(n: number): void;
}

/** A projection of no feature: of what happened it keeps the number. */
export const numbersProjection: Projection<Numbers> = {
  name: 'numbers',
  version: 3,
  projectors: [
    { name: 'numbers', on: { ThingHappened: (numbers, { data }) => numbers.add((data as { n: number }).n) } },
  ],
  rebuildable: true,
  isQueried: true,
  redrivenBy: 'applying',
};
