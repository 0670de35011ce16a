/** The parts of a published schema of which an example is made. */
export interface ExampleSchema {
  readonly type?: string;
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly oneOf?: readonly ExampleSchema[];
  readonly anyOf?: readonly ExampleSchema[];
  readonly items?: ExampleSchema;
  readonly properties?: Readonly<Record<string, ExampleSchema>>;
  readonly required?: readonly string[];
}

const requiredOf = ({ required = [], oneOf, anyOf }: ExampleSchema): readonly string[] => [
  ...required,
  ...(oneOf?.[0]?.required ?? []),
  ...(anyOf?.[0]?.required ?? []),
];

/** Which fields of an object an example has: what is required, and everything where nothing is; or all of them. */
type Extent = 'required' | 'whole';

const objectOf = (schema: ExampleSchema, extent: Extent): object => {
  const { properties = {} } = schema;
  const required = requiredOf(schema);
  const isWhole = extent === 'whole' || required.length === 0;
  const shown = Object.entries(properties).filter(([name]) => isWhole || required.includes(name));
  return Object.fromEntries(shown.map(([name, each]) => [name, exampleOf(each, extent)]));
};

const byType: Readonly<Record<string, (schema: ExampleSchema, extent: Extent) => unknown>> = {
  object: objectOf,
  array: ({ items = {} }, extent) => [exampleOf(items, extent)],
  boolean: () => true,
  integer: () => 1,
  null: () => null,
  string: ({ format }) => (format === 'password' ? 'correct horse battery' : 'text'),
};

/** What a schema itself says of a value. */
const saidBy = (schema: ExampleSchema): unknown => {
  const [said] = [schema.const ?? [], schema.examples ?? [], schema.enum ?? [], schema.default ?? []].flat();
  return said;
};

/** Makes an example of a published schema, of those of its fields. */
export const exampleOf = (schema: ExampleSchema, extent: Extent = 'required'): unknown => {
  const said = saidBy(schema);
  if (said !== undefined) return said;
  const make = byType[schema.type ?? ''];
  if (make) return make(schema, extent);
  const [first] = [schema.oneOf ?? [], schema.anyOf ?? []].flat();
  return first ? exampleOf(first, extent) : null;
};

/** Names one of the alternatives of a schema, by the constant that it has, or else by the field that it requires. */
const nameOf = ({ properties = {}, required = [] }: ExampleSchema): string => {
  const constant = Object.values(properties).find((field) => field.const !== undefined)?.const;
  const name = constant ?? required[0];
  return typeof name === 'string' ? name : 'example';
};

/** Makes one example of each alternative that a schema gives a client, by its name; `example`, where there is none. */
export const examplesOf = (schema: ExampleSchema): Readonly<Record<string, unknown>> => {
  const { oneOf = [] } = schema;
  if (oneOf.length === 0 || saidBy(schema) !== undefined) return { example: exampleOf(schema) };
  return Object.fromEntries(oneOf.map((each) => [nameOf(each), exampleOf({ ...schema, oneOf: [each] })]));
};
