import type { JsonSchema } from '../json-schema.js';
import type { OpenApi, Operation } from '../published-routes.js';
import { isSame, when, type Breaking, type Compare } from './change.js';
import { compareAnswered } from './compare-answered.js';
import { compareTaken } from './compare-taken.js';

type Rule = Compare<Operation>;

const parameters: Rule = (before, after, path) => {
  const find = (operation: Operation, { name, in: place }: { readonly name: string; readonly in: string }) =>
    operation.parameters.find((each) => each.name === name && each.in === place);
  return [
    ...before.parameters.flatMap((each): Breaking[] => {
      const at = `${path} ${each.in}.${each.name}`;
      const now = find(after, each);
      if (!now) return [{ path: at, what: 'is taken no more' }];
      return [...when(now.required && !each.required, at, 'is required'), ...compareTaken(each.schema, now.schema, at)];
    }),
    ...after.parameters
      .filter((each) => each.required && !find(before, each))
      .map((each) => ({ path: `${path} ${each.in}.${each.name}`, what: 'is required' })),
  ];
};

const exclusions: Rule = (before, after, path) => {
  const names = 'x-at-most-one-of';
  return when(after[names] !== undefined && !isSame(before[names], after[names]), path, `has another ${names}`);
};

type Schemas = Readonly<Record<string, { readonly schema: JsonSchema }>>;

/** Compares what is said of each type of content. */
const contents =
  (compare: Compare<JsonSchema>): Compare<Schemas> =>
  (before, after, path) =>
    Object.entries(before).flatMap(([type, { schema }]) => {
      const now = after[type];
      return now ? compare(schema, now.schema, path) : [{ path, what: `is ${type} no more` }];
    });

const body: Rule = ({ requestBody: before }, { requestBody: after }, path) => {
  const at = `${path} body`;
  if (!before || !after) return when(before !== after, at, after ? 'is required' : 'is taken no more');
  return contents(compareTaken)(before.content ?? {}, after.content ?? {}, at);
};

const isSuccess = (status: string): boolean => status.startsWith('2');

const answers: Rule = ({ responses: before }, { responses: after }, path) => [
  ...Object.entries(before).flatMap(([status, answer]): Breaking[] => {
    const at = `${path} ${status}`;
    const now = after[status];
    if (!now) return [{ path: at, what: 'is answered no more' }];
    const headers = Object.keys(answer.headers ?? {}).filter((name) => !now.headers?.[name]);
    return [
      ...headers.map((name) => ({ path: `${at} ${name}`, what: 'is answered no more' })),
      ...contents(compareAnswered)(answer.content ?? {}, now.content ?? {}, at),
    ];
  }),
  ...Object.keys(after)
    .filter((status) => isSuccess(status) && !before[status])
    .map((status) => ({ path: `${path} ${status}`, what: 'is a new success' })),
];

/** Answers the ways to be let in. One that asks for nothing is open to everybody. */
const waysOf = ({ security = [{ bearer: [] }] }: Operation): readonly unknown[] =>
  security.length === 0 ? [{}] : security;

const security: Rule = (before, after, path) => {
  const ways = waysOf(after);
  const isKept = (way: unknown): boolean => ways.some((other) => isSame(way, other) || isSame(other, {}));
  return when(!waysOf(before).every(isKept), path, 'can be called by fewer');
};

const RULES: readonly Rule[] = [parameters, exclusions, body, answers, security];

/** Lists what breaks clients of the calls. */
export const compareOpenApi = (before: OpenApi, after: OpenApi): Breaking[] =>
  Object.entries(before.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]): Breaking[] => {
      const at = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      return now ? RULES.flatMap((rule) => rule(operation, now, at)) : [{ path: at, what: 'is gone' }];
    }),
  );
