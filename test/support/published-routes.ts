import type { z } from 'zod';
import { LOG_START } from '../../src/domain/kernel/position.js';
import { apiRoutes } from '../../src/interfaces/http/app.js';
import { openApiDocument } from '../../src/interfaces/http/openapi.js';
import type { Route } from '../../src/interfaces/http/route.js';
import { AT_MOST_ONE } from '../../src/interfaces/schemas/published.js';
import type { JsonSchema } from './json-schema.js';

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

interface Media {
  readonly schema: JsonSchema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value?: unknown; readonly $ref?: string }>>;
}

interface Content {
  readonly content?: Readonly<Record<string, Media>>;
}

/** One operation of the published document. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly unknown[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<
    Record<string, Content & { readonly description: string; readonly headers?: Readonly<Record<string, unknown>> }>
  >;
  readonly [AT_MOST_ONE]?: readonly string[];
}

export interface OpenApi {
  readonly components?: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly examples: Readonly<Record<string, { readonly value: object }>>;
  };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Every endpoint as it is. The use cases behind are never called. */
export const routes: readonly Route[] = apiRoutes({} as never, {} as never, () => LOG_START);

/** The document as a server publishes it. */
export const openApi = JSON.parse(
  JSON.stringify(openApiDocument(routes, { version: '0.0.0', url: 'http://127.0.0.1' })),
) as OpenApi;

const PLACES = ['path', 'query', 'header'] as const;
type Place = (typeof PLACES)[number];

const schemasOf = ({ params, query, headers }: Route): Readonly<Record<Place, z.ZodType | undefined>> => ({
  path: params,
  query,
  header: headers,
});

/** Says in JSON Schema that at most one of these parameters is given. */
const exclusive = (names: readonly string[]): JsonSchema => ({
  not: { anyOf: names.flatMap((one, at) => names.slice(at + 1).map((other) => ({ required: [one, other] }))) },
});

/** What is said of a query of which some parameters exclude each other. Its example gives none of them. */
const excluding = (names: readonly string[], required: readonly string[]): JsonSchema => ({
  ...exclusive(names),
  ...(required.length === 0 && { examples: [{}] }),
});

/** Answers the parameters of one place as one object. */
const parametersIn = (place: Place, operation: Operation, known: readonly string[]): JsonSchema => {
  const parameters = operation.parameters.filter((each) => each.in === place && known.includes(each.name));
  const needed = parameters.filter(({ required }) => required).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: needed,
    ...(place !== 'header' && { additionalProperties: false }),
    ...(place === 'query' && operation[AT_MOST_ONE] && excluding(operation[AT_MOST_ONE], needed)),
  };
};

const propertiesOf = (schema: z.ZodType): string[] => Object.keys((schema as z.ZodObject).shape);

/** A schema that checks one part of requests, and what is published of it. */
export interface PublishedPart {
  readonly place: Place | 'body';
  readonly name: string;
  readonly schema: z.ZodType;
  readonly published: JsonSchema;
  /** Whether it is made of texts: whatever stands in an address or a header is one. */
  readonly isOfTexts: boolean;
}

/** Answers the parts of a request, each with what is published of it. */
export const partsOf = (route: Route): PublishedPart[] => {
  const operation = operationOf(route);
  const name = `${route.method.toUpperCase()} ${route.path}`;
  const schemas = schemasOf(route);
  const addressed = PLACES.flatMap((place) => {
    const schema = schemas[place];
    if (!schema) return [];
    const published = parametersIn(place, operation, propertiesOf(schema));
    return [{ place, name: `${name}, ${place}`, schema, published, isOfTexts: true }];
  });
  const body = operation.requestBody?.content?.['application/json']?.schema;
  return body && route.body
    ? [...addressed, { place: 'body', name, schema: route.body, published: body, isOfTexts: false }]
    : addressed;
};

export const operationOf = ({ method, path }: Route): Operation => {
  const operation = openApi.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method];
  if (!operation) throw new Error(`${method} ${path} is not published`);
  return operation;
};

/** Every part of every request, with what is published of it. */
export const publishedParts: readonly PublishedPart[] = routes.flatMap(partsOf);
