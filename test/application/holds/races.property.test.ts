import { expect } from 'chai';
import fc from 'fast-check';
import { createHoldScene } from './hold-scene.js';

const DOING = ['hold', 'lift', 'erase'] as const;

type Outcome = { readonly doing: (typeof DOING)[number]; readonly code: string };

/** Reads the log as its judge: at the place of an erasure no hold stood, and behind it none came. Answers whether there was one. */
const judged = (events: readonly { readonly type: string }[]): boolean => {
  const types = events.map(({ type }) => type);
  const erasedAt = types.indexOf('UserErased');
  const before = erasedAt === -1 ? types : types.slice(0, erasedAt);
  // One matter, so that holds and their ends take turns.
  expect(types.filter((type) => type !== 'UserErased')).to.deep.equal(
    before.map((_, index) => (index % 2 === 0 ? 'HoldPlaced' : 'HoldLifted')),
  );
  expect(erasedAt === -1 || before.length % 2 === 0, `erased behind ${before.join(', ')}`).to.equal(true);
  return erasedAt !== -1;
};

/** Several at once, each on one of two servers, in rounds. */
const rounds = fc.array(
  fc.array(fc.record({ doing: fc.constantFrom(...DOING), server: fc.constantFrom(0, 1) }), {
    minLength: 1,
    maxLength: 5,
  }),
  { minLength: 1, maxLength: 4 },
);

describe('Holds and erasures at the same moment on two servers', () => {
  it('end as if one had come after the other: nobody is erased under a hold that was answered before', async function () {
    this.timeout(120_000);
    let [erasures, refusals] = [0, 0];
    await fc.assert(
      fc.asyncProperty(rounds, async (tried) => {
        const { world, eva, ada, servers } = await createHoldScene();
        for (const round of tried) {
          const outcomes = await Promise.all(
            round.map(({ doing, server }): Promise<Outcome> => {
              const on = servers[server];
              const work = doing === 'erase' ? on.erase(ada) : on[doing](ada, eva);
              return work.then(
                () => ({ doing, code: 'done' }),
                (error: unknown) => ({ doing, code: (error as { code: string }).code }),
              );
            }),
          );
          for (const { code } of outcomes) expect(code).to.be.oneOf(['done', 'legal_hold', 'user_not_found']);
          refusals += outcomes.filter(({ code }) => code === 'legal_hold').length;
        }
        const types = ['HoldPlaced', 'HoldLifted', 'UserErased'] as const;
        const events: { readonly type: string }[] = [];
        for await (const event of world.store.readAll({ filter: { types } })) events.push(event);
        if (judged(events)) erasures += 1;
      }),
      { numRuns: 60 },
    );
    expect(erasures, 'erasures').to.be.greaterThan(5);
    expect(refusals, 'refusals').to.be.greaterThan(5);
  });
});
