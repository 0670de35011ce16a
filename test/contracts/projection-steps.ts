import { expect } from 'chai';
import type { ProjectionGenerations } from '../../src/application/ports/projection-generations.js';
import type { ProjectionStatuses } from '../../src/application/ports/projection-statuses.js';
import type { ProjectionStore, RedrivableStore } from '../../src/application/ports/projection-store.js';
import type { Projection } from '../../src/application/projections/projector.js';
import type { Numbers } from '../support/numbers-projection.js';
import { positionOf } from '../support/ids.js';
import { recordedAt } from '../support/recorded-event.js';

/** A node that is killed in the middle of its work. */
export interface MortalNode {
  readonly generations: ProjectionGenerations;
  /** The signal is aborted when the node is killed. */
  readonly death: AbortSignal;
  /** Resolves when nothing that the node has begun is running any more. */
  bury(): Promise<void>;
}

/** An engine that keeps the numbers projection, which is empty at first and refuses numbers below 0. */
export interface EngineUnderTest {
  readonly statuses: ProjectionStatuses;
  /** Answers the generations of the projection, as another node has them. */
  generations(projection?: Projection<Numbers>): ProjectionGenerations;
  /** Answers what a query finds in the generation in use. */
  numbers(): Promise<readonly number[]>;
  /** Puts a number into the generation in use, or removes it, without the projection. */
  tamper(how: 'add' | 'remove', n: number): Promise<void>;
  /** Lists the tables that no generation has which is in use, or could be gone on with. */
  strayTables(): Promise<readonly string[]>;
  /** Ends the leases that are held, as when their holders have been silent for long enough. */
  expireLeases(): Promise<void>;
  /** Makes a node that is killed once it has done this many steps; the last step may be done without its answer. */
  mortal(steps: number): Promise<MortalNode>;
  close(): Promise<void>;
}

/** Answers the engine of the running test: each test has its own. */
export type GetEngine = () => EngineUnderTest;

/** Makes a batch of these positions behind the one before the first of them; every third event holds no number. */
export const batchUpTo = (from: number, to: number): Parameters<ProjectionStore['apply']>[0] => ({
  events: Array.from({ length: to - from }, (_, n) => recordedAt(from + n + 1)),
  parked: [],
  from: positionOf(from),
  to: positionOf(to),
});

/** Answers the numbers of the events at positions 1 to n. */
export const numbersUpTo = (n: number): number[] =>
  Array.from({ length: n }, (_, before) => before + 1).filter((each) => each % 3 !== 0);

export const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it should have been refused'),
    (error: unknown) => error,
  );

/** Opens a store of the generation in use, with its lease. */
export const taken = async (generations: ProjectionGenerations): Promise<RedrivableStore> => {
  const store = generations.open();
  expect(await store.acquire(), 'the lease').not.to.equal(undefined);
  return store;
};
