import fc from 'fast-check';
import { z } from 'zod';
import { clientFrames } from '../../src/interfaces/ws/commands.js';
import { idOf, parseFrame } from '../../src/interfaces/ws/protocol.js';

/** The values that a field of this name may well have, such as ids of existing conversations. */
export type KnownValues = Readonly<Record<string, readonly unknown[]>>;

/** A frame as it is sent to the server. */
export interface RandomFrame {
  readonly data: Buffer;
  readonly isBinary: boolean;
  /** The id under which it has to be answered. It is undefined when the frame names none, or has no answer. */
  readonly answeredAs: string | undefined;
  /** Says that this is no frame at all, so that the socket is closed. */
  readonly closes: boolean;
}

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** The effects of these show in frames without an id, if at all: only a refusal names the id. */
const UNANSWERED: ReadonlySet<string> = new Set(['presence.watch', 'presence.unwatch', 'typing']);
const MAX_FRAME = 65_536;
const TOO_BIG = MAX_FRAME + 1;

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, -1, 1e308, '', '0', '\0', '\ud800', '../..', '{{7*7}}', "' or 1=1 --", [], {}),
  fc.constantFrom('x'.repeat(9_000), Array(300).fill('x'), { $ne: null }, [[[[[[]]]]]], { toString: 1 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.jsonValue({ maxDepth: 3 }),
);

const property = fc.constantFrom('surplus', 'id', 'text', 'userIds', '__proto__', 'constructor', 'then', '');

/** Values by the JSON Schema name of their type. */
const typed: Readonly<Record<string, (schema: JsonSchema, known: KnownValues) => fc.Arbitrary<unknown>>> = {
  object: (schema, known) => objectOf(schema, known),
  array: ({ items = {} }, known) => fc.array(valueOf('', items, known), { maxLength: 5 }),
  boolean: () => fc.boolean(),
  integer: () => fc.integer(),
  number: () => fc.integer(),
  string: () => fc.oneof(fc.string({ minLength: 1 }), fc.uuid({ version: 7 })),
};

/** Draws a value that fits a schema, or nearly so. */
const valueOf = (name: string, schema: JsonSchema, known: KnownValues): fc.Arbitrary<unknown> => {
  if (schema.const !== undefined) return fc.constant(schema.const);
  const values = known[name] ?? schema.enum;
  if (values) return fc.constantFrom(...values);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => valueOf(name, each, known)));
  return typed[schema.type ?? '']?.(schema, known) ?? junk;
};

const objectOf = ({ properties = {}, required = [] }: JsonSchema, known: KnownValues): fc.Arbitrary<object> =>
  fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valueOf(name, schema, known)])),
    { requiredKeys: [...required] },
  );

/** A change of the fields of a frame. It seldom changes the type, because a type that is no word closes the socket. */
const mutation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('drop' as const), at: fc.nat() }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('replace' as const), at: fc.nat(), value: junk }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), name: property, value: junk }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retype' as const), value: junk }) },
);

type Mutation = typeof mutation extends fc.Arbitrary<infer Kind> ? Kind : never;

const mutate = (frame: Record<string, unknown>, change: Mutation): Record<string, unknown> => {
  const { type, ...fields } = frame;
  if (change.kind === 'retype') return { ...fields, type: change.value };
  const entries = Object.entries(fields);
  if (change.kind === 'add') entries.push([change.name, change.value]);
  else {
    const at = change.at % Math.max(1, entries.length);
    const [name] = entries[at] ?? [];
    entries.splice(at, 1);
    if (change.kind === 'replace' && name !== undefined) entries.push([name, change.value]);
  }
  return Object.fromEntries([['type', type], ...entries]);
};

type Damage = (data: Buffer) => Buffer;

/** The ways in which the bytes of a frame are damaged. */
const damages: readonly Damage[] = [
  (data) => data.subarray(0, data.length / 2),
  (data) => Buffer.concat([data, Buffer.from('}')]),
  (data) => Buffer.from(data.map((byte, index) => (index === data.length >> 1 ? byte ^ 0x80 : byte))),
  (data) => Buffer.concat([data, Buffer.alloc(TOO_BIG, ' ')]),
  () => Buffer.from('[]'),
  () => Buffer.from('"ping"'),
  () => Buffer.from('['.repeat(20_000)),
  () => Buffer.alloc(0),
];
/** Most frames are left alone, because a damaged one closes the socket. */
const UNDAMAGED = 50;

const isAnswered = (type: string, frame: object): boolean => {
  if (!UNANSWERED.has(type)) return true;
  const schema = (clientFrames as Readonly<Record<string, z.ZodType>>)[type];
  return schema?.safeParse(frame).success === false;
};

const onTheLine = (data: Buffer, isBinary: boolean): RandomFrame => {
  const frame = isBinary || data.length > MAX_FRAME ? undefined : parseFrame(data);
  const type = frame?.['type'];
  if (!frame || typeof type !== 'string') return { data, isBinary, answeredAs: undefined, closes: true };
  return { data, isBinary, answeredAs: isAnswered(type, frame) ? idOf(frame).id : undefined, closes: false };
};

/**
 * Draws random frames of every type that clients may send, good ones and bad ones; the same seed gives the same frames.
 */
export const randomFrames = (count: number, seed: number, known: KnownValues): RandomFrame[] => {
  const schemas = Object.values(clientFrames).map((schema: z.ZodType) => {
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    return objectOf(json, known);
  });
  const anything = fc.record({
    frame: fc.oneof(...schemas),
    mutations: fc.oneof(fc.constant<Mutation[]>([]), fc.array(mutation, { minLength: 1, maxLength: 3 })),
    damage: fc.oneof(
      { weight: UNDAMAGED, arbitrary: fc.constant((data: Buffer) => data) },
      { weight: 1, arbitrary: fc.constantFrom(...damages) },
    ),
    isBinary: fc.oneof({ weight: 400, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  });
  return fc.sample(anything, { numRuns: count, seed }).map(({ frame, mutations, damage, isBinary }, index) => {
    const named: Record<string, unknown> = { ...frame, ...('id' in frame && { id: `frame ${index}` }) };
    return onTheLine(damage(Buffer.from(JSON.stringify(mutations.reduce(mutate, named)))), isBinary);
  });
};
