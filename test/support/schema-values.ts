import fc from 'fast-check';
import { checkOf, type JsonSchema } from './json-schema.js';

const LARGEST_LIST = 3;
const SOME = 40;

/** Texts of which something is known to go wrong somewhere, as far as a schema allows them. */
const PARTICULAR = [
  'a',
  ' ',
  '\t',
  'ada',
  '😀',
  '🏻',
  '🇩',
  '👍',
  'é',
  'e\u0301',
  '\u0958',
  '\u1e17\u0328',
  '爱',
  'ﬁ',
  '\u200b',
  '\u202e',
  '\u2028',
];

const lettersOf = (pattern: string): fc.Arbitrary<string>[] =>
  pattern.includes('\\p') || pattern.includes('\\u{') ? [] : [fc.stringMatching(new RegExp(pattern))];

const textsOf = (schema: JsonSchema): fc.Arbitrary<unknown> => {
  const { minLength = 0, maxLength = SOME, pattern, examples = [] } = schema;
  const bounds = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, SOME)) };
  const longest = PARTICULAR.map((unit) => unit.repeat(Math.floor(maxLength / [...unit].length)));
  const shortest = PARTICULAR.map((unit) => unit.repeat(Math.max(1, minLength)));
  return fc.oneof(
    fc.string({ ...bounds, unit: 'grapheme' }),
    fc.string({ ...bounds, unit: 'binary' }),
    fc.constantFrom(...PARTICULAR, ...longest, ...shortest),
    ...(pattern === undefined ? [] : lettersOf(pattern)),
    ...examples.map((example) => fc.constant(example)),
  );
};

const objectsOf = ({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> => {
  const fields = Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required], noNullPrototype: true });
};

const byType: Readonly<Record<string, (schema: JsonSchema) => fc.Arbitrary<unknown>>> = {
  object: objectsOf,
  array: ({ items = {}, minItems = 0, maxItems = LARGEST_LIST }) =>
    fc.array(valuesOf(items), { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, LARGEST_LIST)) }),
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
  integer: ({ minimum = -1_000, maximum = 1_000 }) => fc.integer({ min: minimum, max: maximum }),
  string: textsOf,
};

const anyOf = (schema: JsonSchema): fc.Arbitrary<unknown> => {
  const choices = schema.type === undefined ? (schema.oneOf ?? schema.anyOf) : undefined;
  if (choices) return fc.oneof(...choices.map(valuesOf));
  const make = byType[schema.type ?? ''];
  if (!make) throw new Error(`no values can be made for ${JSON.stringify(schema)}`);
  return make(schema);
};

/** Draws values that a schema allows. */
export const valuesOf = (schema: JsonSchema): fc.Arbitrary<unknown> => {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  return anyOf(schema).filter(checkOf(schema));
};

const JUNK = [
  null,
  true,
  -1,
  0,
  1.5,
  1e300,
  '',
  ' ',
  '\0',
  'a\0',
  '\ud800',
  'a\ud83db',
  'a\nb',
  '\u200b',
  '\u202eabc',
  '..',
  '*',
  'DROP',
  'x'.repeat(9_001),
  '😀'.repeat(2_000),
  '\u0301'.repeat(200),
  '%',
  '1e2',
  '-1',
  [],
  [null],
  {},
  { $ne: null },
  ['a'],
];

/** Of these, more is taken than JSON Schema can say. */
const SAID_IN_PART: ReadonlySet<string> = new Set(['q', 'emoji']);

const changed = (value: object, at: number, junk: unknown): object => {
  const names = Object.keys(value).filter((name) => !SAID_IN_PART.has(name));
  const name = names[at % (names.length + 1)] ?? 'surplus';
  return { ...value, [name]: junk };
};

const without = (value: object, at: number): object => {
  const names = Object.keys(value);
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== names[at % names.length]));
};

const anything = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...JUNK) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);
const texts: fc.Arbitrary<unknown> = fc.constantFrom(...JUNK.filter((value) => typeof value === 'string'));

/** Draws objects that a schema forbids, each by one change of one that it allows: of texts alone, where nothing else can stand. */
export const forbiddenBy = (schema: JsonSchema, ofTexts: boolean): fc.Arbitrary<unknown> => {
  const isAllowed = checkOf(schema);
  return fc
    .tuple(valuesOf(schema), fc.nat(), fc.option(ofTexts ? texts : anything, { nil: undefined, freq: 6 }))
    .map(([value, at, given]) =>
      given === undefined ? without(value as object, at) : changed(value as object, at, given),
    )
    .filter((value) => !isAllowed(value));
};
