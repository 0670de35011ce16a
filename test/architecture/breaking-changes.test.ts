import { expect } from 'chai';
import { compareAnswered } from '../support/contract/compare-answered.js';
import { compareAsyncApi } from '../support/contract/compare-asyncapi.js';
import { compareOpenApi } from '../support/contract/compare-openapi.js';
import { compareTaken } from '../support/contract/compare-taken.js';
import type { JsonSchema } from '../support/json-schema.js';

type Case = readonly [before: JsonSchema, after: JsonSchema, path?: string];

const text = { type: 'string' };
const object = (properties: Readonly<Record<string, JsonSchema>>, more: object = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...more,
});
const oneOf = (...choices: readonly JsonSchema[]): JsonSchema => ({ oneOf: choices });
const [kindA, kindB] = ['a', 'b'].map((kind) => object({ kind: { const: kind } }, { required: ['kind'] }));

const narrower: Readonly<Record<string, Case>> = {
  'another type': [text, { type: 'integer' }],
  'a member less': [{ enum: ['a', 'b'] }, { enum: ['a'] }],
  'members where anything was taken': [text, { ...text, enum: ['a'] }],
  'another constant': [{ const: 'a' }, { const: 'b' }],
  'a larger minimum': [{ minimum: 1 }, { minimum: 2 }],
  'a minimum length': [text, { ...text, minLength: 1 }],
  'a smaller maximum': [{ maximum: 200 }, { maximum: 100 }],
  'a maximum of items': [{ type: 'array' }, { type: 'array', maxItems: 3 }],
  'items once each': [{ type: 'array' }, { type: 'array', uniqueItems: true }],
  'another pattern': [
    { ...text, pattern: 'a' },
    { ...text, pattern: 'b' },
  ],
  'a further pattern': [text, { ...text, allOf: [{ pattern: 'a' }] }],
  'a field that is required': [object({ a: text }), object({ a: text }, { required: ['a'] }), 'x.a'],
  'a new field that is required': [object({}), object({ a: text }, { required: ['a'] }), 'x.a'],
  'a field that is gone': [object({ a: text }), object({}), 'x.a'],
  'no other fields': [object({}), object({}, { additionalProperties: false })],
  'a narrower field': [object({ a: text }), object({ a: { ...text, maxLength: 3 } }), 'x.a'],
  'narrower items': [{ type: 'array', items: text }, { type: 'array', items: { ...text, maxLength: 3 } }, 'x[]'],
  'another condition': [object({}), object({}, { oneOf: [{ required: ['a'] }] })],
  'an alternative less': [oneOf(kindA!, kindB!), oneOf(kindA!), 'x.kind'],
};

const takenStill: Readonly<Record<string, Case>> = {
  'the same': [object({ a: text }, { required: ['a'] }), object({ a: text }, { required: ['a'] })],
  'a new field': [object({}, { additionalProperties: false }), object({ a: text }, { additionalProperties: false })],
  'a field that may be left out': [object({ a: text }, { required: ['a'] }), object({ a: text })],
  'a member more': [{ enum: ['a'] }, { enum: ['a', 'b'] }],
  'no pattern any more': [{ ...text, pattern: 'a' }, text],
  'wider bounds': [
    { minimum: 2, maximum: 3 },
    { minimum: 1, maximum: 4 },
  ],
  'an alternative more': [oneOf(kindA!), oneOf(kindA!, kindB!)],
  'an alternative where there was none': [kindA!, oneOf(kindB!, kindA!)],
};

const unexpected: Readonly<Record<string, Case>> = {
  'another type': [text, { type: 'integer' }],
  'nothing of it': [text, oneOf(text, { type: 'null' })],
  'a member more': [{ enum: ['a'] }, { enum: ['a', 'b'] }],
  'any text where there were members': [{ ...text, enum: ['a'] }, text],
  'another constant': [{ const: 'a' }, { const: 'b' }],
  'another pattern': [{ ...text, pattern: 'a' }, text],
  'a larger maximum': [{ maximum: 3 }, { maximum: 4 }],
  'a smaller minimum': [{ minimum: 3 }, { minimum: 2 }],
  'a field less': [object({ a: text }), object({}), 'x.a'],
  'a field that may be missing': [object({ a: text }, { required: ['a'] }), object({ a: text }), 'x.a'],
  'another field': [object({ a: text }), object({ a: { type: 'integer' } }), 'x.a'],
  'other items': [{ type: 'array', items: text }, { type: 'array', items: { type: 'integer' } }, 'x[]'],
  'an alternative more': [oneOf(kindA!), oneOf(kindA!, kindB!), 'x.kind'],
};

const expected: Readonly<Record<string, Case>> = {
  'a new field': [object({}, { additionalProperties: false }), object({ a: text }, { additionalProperties: false })],
  'a field that is always there': [object({ a: text }), object({ a: text }, { required: ['a'] })],
  'a member less': [{ enum: ['a', 'b'] }, { enum: ['a'] }],
  'narrower bounds': [{ maximum: 4 }, { maximum: 3 }],
  'an alternative less': [oneOf(kindA!, kindB!), oneOf(kindB!)],
};

describe('What breaks those who call', () => {
  for (const [what, [before, after, path = 'x']] of Object.entries(narrower))
    it(`is that a schema takes ${what}`, () =>
      expect(compareTaken(before, after, 'x').map((each) => each.path)).to.deep.equal([path]));
  for (const [what, [before, after]] of Object.entries(takenStill))
    it(`is not that a schema takes ${what}`, () => expect(compareTaken(before, after, 'x')).to.deep.equal([]));

  for (const [what, [before, after, path = 'x']] of Object.entries(unexpected))
    it(`is that a schema answers ${what}`, () =>
      expect(compareAnswered(before, after, 'x').map((each) => each.path)).to.deep.equal([path]));
  for (const [what, [before, after]] of Object.entries(expected))
    it(`is not that a schema answers ${what}`, () => expect(compareAnswered(before, after, 'x')).to.deep.equal([]));
});

const query = (more: object = {}) => ({ name: 'q', in: 'query', required: false, schema: text, ...more });
const json = (schema: JsonSchema) => ({ content: { 'application/json': { schema } } });
const answer = (more: object = {}) => ({ description: '', headers: { 'X-Position': {} }, ...json(text), ...more });
const CALL = {
  operationId: 'a',
  summary: '',
  parameters: [query()],
  requestBody: json(text),
  responses: { 200: answer(), 404: answer() },
};

/** Compares one call with what becomes of it. */
const changesTo = (more: object, before: object = CALL): string[] => {
  const after = { ...CALL, ...more };
  return compareOpenApi({ paths: { '/a': { post: before } } } as never, { paths: { '/a': { post: after } } }).map(
    ({ path }) => path,
  );
};

describe('A call', () => {
  it('breaks when it is gone, or its address', () => {
    const before = { paths: { '/a': { post: CALL } } } as never;
    for (const paths of [{}, { '/a': { get: CALL } }])
      expect(compareOpenApi(before, { paths })).to.deep.equal([{ path: 'POST /a', what: 'is gone' }]);
    expect(changesTo({})).to.deep.equal([]);
  });

  const breaks: Readonly<Record<string, readonly [more: object, path: string]>> = {
    'a parameter is gone': [{ parameters: [] }, 'POST /a query.q'],
    'a parameter is required': [{ parameters: [query({ required: true })] }, 'POST /a query.q'],
    'a parameter takes less': [{ parameters: [query({ schema: { ...text, maxLength: 1 } })] }, 'POST /a query.q'],
    'a new parameter is required': [{ parameters: [query(), query({ name: 'n', required: true })] }, 'POST /a query.n'],
    'parameters exclude one another': [{ 'x-at-most-one-of': ['q', 'r'] }, 'POST /a'],
    'it takes no body any more': [{ requestBody: undefined }, 'POST /a body'],
    'its body takes less': [{ requestBody: json({ ...text, maxLength: 1 }) }, 'POST /a body'],
    'its body is of another type': [{ requestBody: { content: { 'text/plain': { schema: text } } } }, 'POST /a body'],
    'a status is gone': [{ responses: { 200: answer() } }, 'POST /a 404'],
    'there is a new success': [{ responses: { 200: answer(), 202: answer(), 404: answer() } }, 'POST /a 202'],
    'a header is gone': [{ responses: { 200: answer({ headers: {} }), 404: answer() } }, 'POST /a 200 X-Position'],
    'it answers otherwise': [{ responses: { 200: answer(json({ type: 'integer' })), 404: answer() } }, 'POST /a 200'],
  };
  for (const [what, [more, path]] of Object.entries(breaks))
    it(`breaks when ${what}`, () => expect(changesTo(more)).to.deep.equal([path]));

  it('breaks when it asks for a body, or for a token, that it did not ask for', () => {
    const { requestBody: _, ...without } = CALL;
    expect(changesTo({}, without)).to.deep.equal(['POST /a body']);
    expect(changesTo({}, { ...CALL, security: [] })).to.deep.equal(['POST /a']);
    expect(changesTo({ security: [{ other: [] }] })).to.deep.equal(['POST /a']);
  });

  it('does not break when it takes or refuses more, or is open to more', () => {
    const responses = { ...CALL.responses, 409: answer() };
    expect(changesTo({ responses, parameters: [query(), query({ name: 'n' })] })).to.deep.equal([]);
    expect(changesTo({ security: [{ link: [] }, { bearer: [] }] })).to.deep.equal([]);
    expect(changesTo({ security: [] })).to.deep.equal([]);
    expect(changesTo({ security: [{}, { cookie: [] }] }, { ...CALL, security: [] })).to.deep.equal([]);
  });
});

describe('A frame', () => {
  const contract = (messages: Readonly<Record<string, JsonSchema>>, address = '/ws/') => ({
    channels: {
      live: {
        address,
        messages: Object.fromEntries(Object.entries(messages).map(([name, payload]) => [name, { payload }])),
      },
    },
  });
  const before = contract({ 'client.a': { maxLength: 2 }, 'server.a': { maxLength: 2 } });
  const changes = (messages: Readonly<Record<string, JsonSchema>>, address?: string) =>
    compareAsyncApi(before, contract(messages, address)).map(({ path }) => path);

  it('breaks when it is gone, when clients may send less of it, or the server sends more', () => {
    expect(changes({})).to.deep.equal(['client.a', 'server.a']);
    expect(changes({ 'client.a': { maxLength: 1 }, 'server.a': { maxLength: 1 } })).to.deep.equal(['client.a']);
    expect(changes({ 'client.a': { maxLength: 3 }, 'server.a': { maxLength: 3 } })).to.deep.equal(['server.a']);
  });

  it('breaks at another address, and not when there are new ones beside it', () => {
    const same = { 'client.a': { maxLength: 2 }, 'server.a': { maxLength: 2 } };
    expect(changes(same, '/live/')).to.deep.equal(['/ws/']);
    expect(changes({ ...same, 'client.b': {}, 'server.b': {} })).to.deep.equal([]);
  });
});
