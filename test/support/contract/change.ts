import type { JsonSchema } from '../json-schema.js';

/** A change that breaks programs which were made for the contract before it. */
export interface Breaking {
  /** Where it is. The CHANGELOG names it so. */
  readonly path: string;
  readonly what: string;
}

/** Compares a part of the contract before and after. */
export type Compare<Part> = (before: Part, after: Part, path: string) => Breaking[];

/** Answers the one change at a path, where there is one. */
export const when = (isBroken: boolean, path: string, what: string): Breaking[] => (isBroken ? [{ path, what }] : []);

/** Says whether two parts are the same, in whatever order their fields are. */
export const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, sorted(each)]));
};

/** The text of a document, which is the same for the same content. */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value), null, 1);

export const typesOf = ({ type }: JsonSchema): readonly string[] => [type ?? []].flat();

/** The alternatives of a schema, if it is nothing else than that. */
export const alternativesOf = (schema: JsonSchema): readonly JsonSchema[] | undefined =>
  schema.type === undefined ? (schema.oneOf ?? schema.anyOf) : undefined;

/** Answers the changes to the alternative that comes closest; none, where one fits. */
export const closest = (changes: readonly Breaking[][]): Breaking[] =>
  changes.reduce((best, each) => (each.length < best.length ? each : best));
