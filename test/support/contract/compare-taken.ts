import type { JsonSchema } from '../json-schema.js';
import { alternativesOf, closest, isSame, typesOf, when, type Breaking, type Compare } from './change.js';

type Rule = Compare<JsonSchema>;

const LOWER = ['minLength', 'minimum', 'minItems'] as const;
const UPPER = ['maxLength', 'maximum', 'maxItems'] as const;
/** What cannot be compared but for being the same: less of it takes more. */
const OPAQUE = ['pattern', 'allOf', 'not', 'uniqueItems', 'const'] as const;

const types: Rule = (before, after, path) =>
  when(
    typesOf(after).length > 0 && typesOf(before).some((type) => !typesOf(after).includes(type)),
    path,
    'takes another type',
  );

const members: Rule = (before, after, path) =>
  when(
    after.enum !== undefined && (before.enum ?? ['*']).some((member) => !after.enum?.includes(member)),
    path,
    'takes fewer values',
  );

const bounds: Rule = (before, after, path) => [
  ...LOWER.flatMap((name) => when((after[name] ?? 0) > (before[name] ?? 0), path, `takes less: ${name}`)),
  ...UPPER.flatMap((name) => when((after[name] ?? Infinity) < (before[name] ?? Infinity), path, `takes less: ${name}`)),
];

const opaque: Rule = (before, after, path) =>
  OPAQUE.flatMap((name) =>
    when(after[name] !== undefined && !isSame(before[name], after[name]), path, `has another ${name}`),
  );

const required: Rule = (before, after, path) =>
  (after.required ?? [])
    .filter((name) => !before.required?.includes(name))
    .map((name) => ({ path: `${path}.${name}`, what: 'is required' }));

const properties: Rule = (before, after, path) => [
  ...Object.entries(before.properties ?? {}).flatMap(([name, schema]): Breaking[] => {
    const now = after.properties?.[name];
    return now ? compareTaken(schema, now, `${path}.${name}`) : [{ path: `${path}.${name}`, what: 'is taken no more' }];
  }),
  ...when(after.additionalProperties === false && before.additionalProperties !== false, path, 'takes no other fields'),
];

const items: Rule = (before, after, path) =>
  after.items ? compareTaken(before.items ?? {}, after.items, `${path}[]`) : [];

const conditions: Rule = (before, after, path) =>
  (['oneOf', 'anyOf'] as const).flatMap((name) =>
    when(after[name] !== undefined && !isSame(before[name], after[name]), path, `has another ${name}`),
  );

const alternatives: Rule = (before, after, path) =>
  (alternativesOf(before) ?? [before]).flatMap((one) =>
    closest((alternativesOf(after) ?? [after]).map((other) => compareTaken(one, other, path))),
  );

const RULES: readonly Rule[] = [types, members, bounds, opaque, required, properties, items, conditions];

/** Lists where a server takes less than before: fewer values, or more that has to be given. */
export const compareTaken: Rule = (before, after, path) =>
  alternativesOf(before) || alternativesOf(after)
    ? alternatives(before, after, path)
    : RULES.flatMap((rule) => rule(before, after, path));
