import { expect } from 'chai';
import type { ProjectionGenerations } from '../../src/application/ports/projection-generations.js';
import type { ProjectionStatuses } from '../../src/application/ports/projection-statuses.js';
import type { ProjectionStore, RedrivableStore } from '../../src/application/ports/projection-store.js';
import type { Projection } from '../../src/application/projections/projector.js';
import type { Numbers } from '../support/numbers-projection.js';
import { positionOf } from '../support/ids.js';
import { recordedAt } from '../support/recorded-event.js';

/** What a node has that is killed in the middle of its work. */
export interface MortalNode {
  readonly generations: ProjectionGenerations;
  /** Aborted when it is killed. */
  readonly death: AbortSignal;
  /** Resolves when nothing that it began goes on any more. */
  bury(): Promise<void>;
}

/** An engine that keeps the numbers projection, with nothing in it at first. It refuses numbers below 0. */
export interface EngineUnderTest {
  readonly statuses: ProjectionStatuses;
  /** The generations of the projection, as a node of its own has them. */
  generations(projection?: Projection<Numbers>): ProjectionGenerations;
  /** What a query finds in the generation in use. */
  numbers(): Promise<readonly number[]>;
  /** Puts a number into the generation in use, or takes it out, behind the back of the projection. */
  tamper(how: 'add' | 'remove', n: number): Promise<void>;
  /** Ends the leases that are held, as when their holders were silent for long enough. */
  expireLeases(): Promise<void>;
  /** A node that is killed once it has done so many steps; of two that follow each other, one is cut off before its answer. */
  mortal(steps: number): Promise<MortalNode>;
  close(): Promise<void>;
}

/** The engine of the running test: each test has one of its own. */
export type GetEngine = () => EngineUnderTest;

/** These positions behind the one before the first of them; every third one is no number. */
export const batchUpTo = (from: number, to: number): Parameters<ProjectionStore['apply']>[0] => ({
  events: Array.from({ length: to - from }, (_, n) => recordedAt(from + n + 1)),
  parked: [],
  from: positionOf(from),
  to: positionOf(to),
});

/** The numbers of the events at positions 1 to n. */
export const numbersUpTo = (n: number): number[] =>
  Array.from({ length: n }, (_, before) => before + 1).filter((each) => each % 3 !== 0);

export const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it should have been refused'),
    (error: unknown) => error,
  );

/** A store of the generation in use, with its lease. */
export const taken = async (generations: ProjectionGenerations): Promise<RedrivableStore> => {
  const store = generations.open();
  expect(await store.acquire(), 'the lease').not.to.equal(undefined);
  return store;
};
