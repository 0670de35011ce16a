import type { z } from 'zod';
import { problem } from '../schemas/answers.js';
import { exampleOf, examplesOf, type ExampleSchema } from '../schemas/example.js';
import { idempotencyKey, position } from '../schemas/fields.js';
import { AT_MOST_ONE, publishedSchema } from '../schemas/published.js';
import { detailOf, type ProblemCode } from '../refusals.js';
import { statuses } from './problem.js';
import { PROBLEM, problemExamples, problems } from './problem-examples.js';
import { REFRESH_COOKIE } from './refresh-cookie.js';
import type { Route } from './route.js';

type Json = Record<string, unknown>;

const ALWAYS: readonly ProblemCode[] = ['too_many_requests', 'overloaded', 'unavailable', 'internal_error'];

/** A header that is described by the types of the answers. */
const SAID_BY_ANSWERS: ReadonlySet<string> = new Set(['accept']);

const parametersOf = (schema: z.ZodType | undefined, place: 'path' | 'query' | 'header'): Json[] => {
  if (!schema) return [];
  const { properties = {}, required = [] } = publishedSchema(schema, 'input') as {
    properties?: Json;
    required?: string[];
  };
  const shown = Object.entries(properties).filter(([name]) => !SAID_BY_ANSWERS.has(name));
  return shown.map(([name, each]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: each,
    example: exampleOf(each as ExampleSchema),
  }));
};

/** Answers which parameters of a query exclude one another. */
const exclusionsOf = ({ query }: Route): Json => {
  const names = query && publishedSchema(query, 'input')[AT_MOST_ONE];
  return names === undefined ? {} : { [AT_MOST_ONE]: names };
};

/** Answers the schema of a header with an example. */
const describedBy = (schema: z.ZodType): Json => {
  const published = publishedSchema(schema, 'input');
  return { schema: published, example: exampleOf(published) };
};

const headersOf = ({ isIdempotent, projections }: Route): Json[] => [
  ...(isIdempotent
    ? [
        {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          ...describedBy(idempotencyKey),
          description: 'The same key and body again are answered as the first time. A password in it is not compared.',
        },
      ]
    : []),
  ...(projections
    ? [
        {
          name: 'X-Min-Position',
          in: 'header',
          required: false,
          ...describedBy(position),
          description:
            'Waits until the read model has come this far; for what the same session wrote here it waits without.',
        },
      ]
    : []),
];

/** Answers every code that an endpoint may refuse with: its own, and those that come with what it takes. */
const codesOf = (route: Route): Set<ProblemCode> => {
  const { isPublic, isIdempotent, refusals, body, takesFile, linksTo, query, params, projections } = route;
  const byPart: readonly (readonly [unknown, readonly ProblemCode[]])[] = [
    [body ?? takesFile ?? query ?? params, ['invalid_request']],
    [body, ['payload_too_large', 'unsupported_media_type', 'request_timeout']],
    [takesFile, ['payload_too_large', 'unsupported_media_type']],
    [!isPublic, ['unauthenticated', 'session_ended']],
    [linksTo, ['media_link_invalid', 'media_link_expired']],
    [isIdempotent, ['idempotency_conflict']],
    [projections, ['projection_lagging', 'rebuilding', 'position_unknown']],
  ];
  return new Set([...refusals, ...byPart.flatMap(([isThere, codes]) => (isThere ? codes : [])), ...ALWAYS]);
};

const refusalsOf = (route: Route): Map<number, ProblemCode[]> => {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codesOf(route)) byStatus.set(statuses[code], [...(byStatus.get(statuses[code]) ?? []), code]);
  return byStatus;
};

const POSITION_HEADER = {
  'X-Position': {
    description: 'Where the last event of the command stands.',
    schema: { type: 'string' },
    example: '1234',
  },
};

const COOKIE_HEADER = {
  'Set-Cookie': {
    description:
      'The refresh token, where the cookie was asked for or has come; an empty one, which ends at once, on log-out.',
    schema: { type: 'string' },
    example: `${REFRESH_COOKIE}=kx7Wq2_the-token-that-you-were-given; Max-Age=604800; Path=/user/v1/; HttpOnly; SameSite=Strict; Secure`,
  },
};

const answerHeadersOf = ({ setsRefreshCookie }: Route): Json => ({
  ...POSITION_HEADER,
  ...(setsRefreshCookie && COOKIE_HEADER),
});

/** Answers the schema of a body, with an example. */
const answered = (schema: z.ZodType): Json => {
  const published = publishedSchema(schema, 'output');
  return { schema: published, example: exampleOf(published, 'whole') };
};

/** Answers the schema of a body that clients send, with an example of each of its alternatives. */
const taken = (schema: z.ZodType): Json => {
  const published = publishedSchema(schema, 'input');
  const examples = Object.entries(examplesOf(published)).map(([name, value]) => [name, { value }]);
  return { schema: published, examples: Object.fromEntries(examples) as Json };
};

/** Answers the type of an answer that comes piece by piece, where it is asked for. */
const streamedBy = ({ streams }: Route): Json =>
  streams === undefined ? {} : { [streams]: { schema: { type: 'string', format: 'binary' } } };

const responsesOf = (route: Route): Json => {
  const answers = Object.entries(route.answers).map(([status, schema]) => [
    status,
    {
      description: 'Done.',
      ...(route.method !== 'get' && { headers: answerHeadersOf(route) }),
      ...(schema && { content: { 'application/json': answered(schema), ...streamedBy(route) } }),
      ...(route.downloads && { content: { [route.downloads]: { schema: { type: 'string', format: 'binary' } } } }),
    },
  ]);
  const refusals = [...refusalsOf(route)].map(([status, codes]) => [
    String(status),
    {
      description: codes.map((code) => `\`${code}\`: ${detailOf(code)}`).join('\n\n'),
      content: { 'application/problem+json': { schema: PROBLEM, examples: problemExamples(codes) } },
    },
  ]);
  return Object.fromEntries([...answers, ...refusals]) as Json;
};

const FORM = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } },
        required: ['file'],
      },
      example: { file: 'The bytes of the file.' },
    },
  },
};

/** Answers what may stand for the caller in place of an access token. */
const securityOf = ({ isPublic, linksTo, takesRefreshCookie }: Route): Json => {
  const others = [...(linksTo ? [{ link: [] }] : []), ...(takesRefreshCookie ? [{ refreshCookie: [] }] : [])];
  if (isPublic) return { security: others.length > 0 ? [{}, ...others] : [] };
  return others.length > 0 ? { security: [{ bearer: [] }, ...others] } : {};
};

const operationOf = (route: Route): Json => ({
  summary: route.summary,
  tags: [route.tag],
  operationId: `${route.method}${route.path.replace(/\/v1|[/:]/g, (part) => (part === '/v1' ? '' : '-'))}`,
  parameters: [
    ...parametersOf(route.params, 'path'),
    ...parametersOf(route.query, 'query'),
    ...parametersOf(route.headers, 'header'),
    ...headersOf(route),
  ],
  ...(route.body && { requestBody: { required: true, content: { 'application/json': taken(route.body) } } }),
  ...(route.takesFile && { requestBody: FORM }),
  ...exclusionsOf(route),
  responses: responsesOf(route),
  ...securityOf(route),
});

/** Describes the contract as OpenAPI 3.1, from the very schemas that validate. */
export const openApiDocument = (routes: readonly Route[], { version, url }: { version: string; url: string }): Json => {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ChatApp',
      version,
      description: 'Commands and queries. Live frames come over the WebSocket at `/ws/`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        link: {
          type: 'apiKey',
          in: 'query',
          name: 'link',
          description: 'The signature in the `url` and the `thumbnailUrl` of an attachment.',
        },
        refreshCookie: {
          type: 'apiKey',
          in: 'cookie',
          name: REFRESH_COOKIE,
          description:
            'The refresh token of a browser, with an `Origin` that is allowed. Log in with `cookie: true` to get it.',
        },
      },
      schemas: { Problem: publishedSchema(problem, 'output') },
      examples: problems(new Set(routes.flatMap((route) => [...codesOf(route)]))),
    },
  };
};
