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

/** An object with what is required; with all of it, where nothing is. */
const objectOf = (schema: ExampleSchema): object => {
  const { properties = {} } = schema;
  const required = requiredOf(schema);
  const shown = Object.entries(properties).filter(([name]) => required.length === 0 || required.includes(name));
  return Object.fromEntries(shown.map(([name, each]) => [name, exampleOf(each)]));
};

const byType: Readonly<Record<string, (schema: ExampleSchema) => unknown>> = {
  object: objectOf,
  array: ({ items = {} }) => [exampleOf(items)],
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
export const exampleOf = (schema: ExampleSchema): unknown => {
  const said = saidBy(schema);
  if (said !== undefined) return said;
  const make = byType[schema.type ?? ''];
  if (make) return make(schema);
  const [first] = [schema.oneOf ?? [], schema.anyOf ?? []].flat();
  return first ? exampleOf(first) : null;
};
