import type { z } from 'zod';

/** A value of a schema, as whoever makes a frame of it hands it over: nothing in it is changed any more. */
type Content<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Content<Item>[]
    : { readonly [Key in keyof Value]: Content<Value[Key]> };

/** One kind of frame that the server sends: its type, and the schema of what stands beside the type. */
export interface Frame<Schema extends z.ZodObject = z.ZodObject> {
  readonly type: string;
  readonly schema: Schema;
}

/** A frame whose content does not compile unless its schema says so. */
export const frame = <Schema extends z.ZodObject>(type: string, schema: Schema) => ({
  type,
  schema,
  of: (content: Content<z.output<Schema>>): object => ({ type, ...content }),
});
