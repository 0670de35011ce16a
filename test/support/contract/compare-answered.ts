import type { JsonSchema } from '../json-schema.js';
import { alternativesOf, closest, isSame, typesOf, when, type Breaking, type Compare } from './change.js';

type Rule = Compare<JsonSchema>;

const LOWER = ['minLength', 'minimum', 'minItems'] as const;
const UPPER = ['maxLength', 'maximum', 'maxItems'] as const;
/** What a client may count on, and what cannot be compared but for being the same. */
const OPAQUE = ['pattern', 'const', 'uniqueItems'] as const;

const types: Rule = (before, after, path) =>
  when(
    typesOf(before).length > 0 && !typesOf(after).every((type) => typesOf(before).includes(type)),
    path,
    'answers another type',
  );

const members: Rule = (before, after, path) =>
  when(
    before.enum !== undefined && (after.enum ?? ['*']).some((member) => !before.enum?.includes(member)),
    path,
    'answers more values',
  );

const bounds: Rule = (before, after, path) => [
  ...LOWER.flatMap((name) => when((after[name] ?? 0) < (before[name] ?? 0), path, `answers more: ${name}`)),
  ...UPPER.flatMap((name) =>
    when((after[name] ?? Infinity) > (before[name] ?? Infinity), path, `answers more: ${name}`),
  ),
];

const opaque: Rule = (before, after, path) =>
  OPAQUE.flatMap((name) =>
    when(before[name] !== undefined && !isSame(before[name], after[name]), path, `has another ${name}`),
  );

const properties: Rule = (before, after, path) =>
  Object.entries(before.properties ?? {}).flatMap(([name, schema]): Breaking[] => {
    const now = after.properties?.[name];
    const at = `${path}.${name}`;
    if (!now) return [{ path: at, what: 'is answered no more' }];
    const mayBeMissing = before.required?.includes(name) === true && after.required?.includes(name) !== true;
    return [...when(mayBeMissing, at, 'may be missing'), ...compareAnswered(schema, now, at)];
  });

const items: Rule = (before, after, path) =>
  before.items ? compareAnswered(before.items, after.items ?? {}, `${path}[]`) : [];

const alternatives: Rule = (before, after, path) =>
  (alternativesOf(after) ?? [after]).flatMap((one) =>
    closest((alternativesOf(before) ?? [before]).map((other) => compareAnswered(other, one, path))),
  );

const RULES: readonly Rule[] = [types, members, bounds, opaque, properties, items];

/** Lists where a server answers what a client cannot expect, or no more what it counts on. A new field is neither. */
export const compareAnswered: Rule = (before, after, path) =>
  alternativesOf(before) || alternativesOf(after)
    ? alternatives(before, after, path)
    : RULES.flatMap((rule) => rule(before, after, path));
