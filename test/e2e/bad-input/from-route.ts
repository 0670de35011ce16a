import { z } from 'zod';
import type { Route } from '../../../src/interfaces/http/route.js';
import { secretFieldsOf } from '../../../src/interfaces/schemas/fields.js';
import type { Scene } from '../../support/signed-up.js';
import type { Command } from './command.js';

/** A text that no field accepts which has a form. */
const ANY_TEXT = '"; drop table events; --';
const PLAIN = ['Engines', 'en', 'x'.repeat(64)];

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
}

const jsonOf = (field: z.ZodType): JsonSchema => {
  const json = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return json.anyOf?.[0] ?? json;
};

/** Answers the ids by the name of their field, or of their part of the path. */
const idsOf = ({ bob, directId, groupId, messageId }: Scene): Readonly<Record<string, string>> => ({
  id: groupId,
  userId: bob.userId,
  userIds: bob.userId,
  conversationId: directId,
  messageId,
});

const valueOf = (name: string, field: z.ZodType, scene: Scene): unknown => {
  const { type, enum: options = [] } = jsonOf(field);
  const words = [idsOf(scene)[name], ...options, ...PLAIN].filter((word) => word !== undefined);
  const values = type === 'boolean' ? [true] : words.map((word) => (type === 'array' ? [word] : word));
  return values.find((value) => field.safeParse(value).success);
};

type Fields = readonly (readonly [name: string, field: z.ZodType])[];

const objectOf = (schema: z.ZodType | undefined): z.ZodType | undefined =>
  schema instanceof z.ZodDefault ? (schema.unwrap() as z.ZodType) : schema;

const namesOf = (fields: Fields): string[] => fields.map(([name]) => name);

/**
 * Makes the command of a route, with a body that is accepted. When none can be made from the schema, the test has to
 * give one.
 */
export const commandFrom = ({ method, path, body: schema }: Route, scene: Scene): Command => {
  const name = `${method} ${path}`;
  const object = objectOf(schema);
  const fields: Fields = object instanceof z.ZodObject ? Object.entries<z.ZodType>(object.shape) : [];
  const body = Object.fromEntries(fields.map(([field, each]) => [field, valueOf(field, each, scene)]));
  if (fields.length === 0 || !schema?.safeParse(body).success) throw new Error(`commands.ts has no body for ${name}`);
  const secrets = secretFieldsOf(object);
  const strings = fields.filter(([, each]) => jsonOf(each).type === 'string');
  return {
    name,
    method: method.toUpperCase() as Command['method'],
    path: path.replace(/:(\w+)/g, (_, part: string) => idsOf(scene)[part] ?? ''),
    body,
    strings: namesOf(strings),
    texts: namesOf(strings.filter(([field, each]) => !secrets.has(field) && each.safeParse(ANY_TEXT).success)),
    lists: namesOf(fields.filter(([, each]) => jsonOf(each).items?.type === 'string')),
    secrets: [...secrets],
  };
};
