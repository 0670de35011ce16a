import { expect } from 'chai';
import fc from 'fast-check';
import type { z } from 'zod';
import { clientFrames } from '../../../src/interfaces/ws/commands.js';
import { draws } from '../../support/draws.js';
import { publishedParts, type PublishedPart } from '../../support/published-routes.js';
import { exampleOf } from '../../../src/interfaces/schemas/example.js';
import { publishedSchema } from '../../../src/interfaces/schemas/published.js';
import { forbiddenBy, valuesOf } from '../../support/schema-values.js';

const RUNS = draws(30);

const frames: readonly PublishedPart[] = Object.entries<z.ZodType>(clientFrames).map(([type, schema]) => ({
  place: 'body',
  name: `the frame ${type}`,
  schema,
  published: publishedSchema(schema, 'input'),
  isOfTexts: false,
}));

const textsOf = (value: object): object =>
  Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)]));

/** Answers a value as it arrives: through JSON, or as texts. */
const asItArrives = (value: unknown, { isOfTexts }: PublishedPart): unknown =>
  isOfTexts ? textsOf(value as object) : (JSON.parse(JSON.stringify(value)) as unknown);

// A client that was made from the published schemas was refused: they were wider than the code. What is narrower in them
// keeps a client from what it may do.
describe('Of what is published', () => {
  for (const part of [...publishedParts, ...frames]) {
    const { name, published, schema, isOfTexts } = part;
    const isTaken = (value: unknown): boolean => schema.safeParse(asItArrives(value, part)).success;

    it(`the example is taken: ${name}`, () => {
      expect(isTaken(exampleOf(published)), JSON.stringify(exampleOf(published))).to.equal(true);
    });

    it(`all that is allowed is taken: ${name}`, () => {
      fc.assert(
        fc.property(valuesOf(published), (value) => isTaken(value)),
        { numRuns: RUNS },
      );
    });

    it(`all that is forbidden is refused: ${name}`, () => {
      fc.assert(
        fc.property(forbiddenBy(published, isOfTexts), (value) => !isTaken(value)),
        { numRuns: RUNS },
      );
    });
  }
});
