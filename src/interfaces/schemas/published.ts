import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

/** Names the parameters of a query of which at most one is given: OpenAPI has no word of its own for that. */
export const AT_MOST_ONE = 'x-at-most-one-of';

const instead = z.registry<JsonSchema>();

/** Has this published of a schema whose rules JSON Schema cannot say. Whatever it allows must be taken. */
export const publishedAs = <Schema extends z.ZodType>(schema: Schema, published: JsonSchema): Schema => {
  instead.add(schema, published);
  return schema;
};

/** Answers what is published of a schema: of what it takes, or of what it answers. */
export const publishedSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
    override: ({ zodSchema, jsonSchema }) => {
      const published = instead.get(zodSchema as unknown as z.ZodType);
      if (!published) return;
      for (const name of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, name);
      Object.assign(jsonSchema, published);
    },
  }) as JsonSchema;
  return rest;
};
