import type { z } from 'zod';

/** A value of a schema as a frame takes it: nothing in it is changed any more. */
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

/** Makes a kind of frame. Content that its schema does not describe does not compile. */
export const frame = <Schema extends z.ZodObject>(type: string, schema: Schema) => ({
  type,
  schema,
  of: (content: Content<z.output<Schema>>): object => ({ type, ...content }),
});
