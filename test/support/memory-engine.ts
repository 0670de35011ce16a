import { MemoryGenerations } from '../../src/infrastructure/projections/memory/memory-generations.js';
import { MemoryProjections } from '../../src/infrastructure/projections/memory/memory-projections.js';
import type { MemoryReadModel } from '../../src/infrastructure/projections/memory/memory-read-model.js';
import type { EngineUnderTest } from '../contracts/projection-steps.js';
import { mortalGenerations } from './mortal-generations.js';
import { numbersProjection, type Numbers } from './numbers-projection.js';
import { numberOf } from './test-codec.js';

type NumbersTables = { readonly numbers: Map<string, { readonly n: number }> };

const numbersInMemory: MemoryReadModel<Numbers, NumbersTables> = {
  create: () => ({ numbers: new Map() }),
  writersOf: ({ numbers }) => ({
    add: (n) => {
      if (n < 0) throw new Error(`${n} is below 0`);
      numbers.set(String(n), { n });
    },
  }),
  recent: ({ numbers }, { events }) =>
    events.flatMap((event) => {
      const n = numberOf(event);
      return numbers.has(String(n)) ? [] : [{ problem: `number ${n} is missing`, position: event.position }];
    }),
};

const LONGER_THAN_A_LEASE_MS = 3_600_000;

/** Opens projections in memory, with a clock that the test sets. */
export const openMemoryEngine = async (): Promise<EngineUnderTest> => {
  let now = 0;
  const projections = new MemoryProjections(() => now);
  const generations = (projection = numbersProjection) =>
    new MemoryGenerations({ projections, projection, readModel: numbersInMemory });
  const rows = () => (projections.find(numbersProjection.name)?.tables as NumbersTables).numbers;
  return {
    statuses: projections,
    generations,
    numbers: async () => [...rows().values()].map(({ n }) => n).sort((one, other) => one - other),
    tamper: async (how, n) => {
      if (how === 'add') rows().set(String(n), { n });
      else rows().delete(String(n));
    },
    strayTables: async () => [], // They go with their generation.
    expireLeases: async () => {
      now += LONGER_THAN_A_LEASE_MS;
    },
    mortal: async (steps) => {
      const dying = new AbortController();
      const mortal = mortalGenerations(generations(), steps, () => dying.abort());
      return { generations: mortal, death: dying.signal, bury: async () => undefined };
    },
    close: async () => undefined,
  };
};
