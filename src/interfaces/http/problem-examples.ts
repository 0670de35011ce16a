import type { ProblemCode } from '../refusals.js';
import { problemOf } from './problem.js';

const REQUEST_ID = '01980000-0000-7000-8000-000000000009';
const FIELDS = [{ path: 'text', message: 'takes 1 to 8,000 characters in normal form C' }];

/** The schema of every refusal. */
export const PROBLEM = { $ref: '#/components/schemas/Problem' };

/** Makes an example of each refusal, for the components of the document. */
export const problems = (codes: ReadonlySet<ProblemCode>): object =>
  Object.fromEntries(
    [...codes].map((code) => [
      code,
      { value: problemOf(code, REQUEST_ID, code === 'invalid_request' ? FIELDS : undefined) },
    ]),
  );

/** Refers to the examples of these refusals. */
export const problemExamples = (codes: readonly ProblemCode[]): object =>
  Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]));
