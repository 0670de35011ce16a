import type { OpenApi, Operation, Parameter } from './published-routes.js';

/** A request, made of examples of the published document. */
export interface ExampleRequest {
  /** The method and the path, and the name of the example where it is one of several. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
  readonly body?: unknown;
  readonly isForm: boolean;
}

/** Answers the sets of parameters to try: each of a query that may be left out once, and all headers with each. */
const choicesOf = ({ parameters }: Operation): Parameter[][] => {
  const isOptional = ({ in: place, required }: Parameter) => place === 'query' && !required;
  const always = parameters.filter((each) => !isOptional(each));
  return [always, ...parameters.filter(isOptional).map((each) => [...always, each])];
};

/** Answers the examples of a body, by their names; of a call without a body one that is empty. */
const bodiesOf = ({ requestBody }: Operation): (readonly [name: string, body: { readonly body?: unknown }])[] => {
  const { 'application/json': json, 'multipart/form-data': form } = requestBody?.content ?? {};
  if (form) return [['a form', { body: form.example }]];
  if (!json) return [['', {}]];
  return Object.entries(json.examples ?? {}).map(([name, { value }]) => [name, { body: value }]);
};

/** Makes the requests that the examples of a document describe. An operation without an example has none. */
export const exampleRequests = ({ paths }: OpenApi): ExampleRequest[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) =>
      bodiesOf(operation).flatMap(([named, body]) =>
        choicesOf(operation).map((parameters) => ({
          name: [method.toUpperCase(), path, named, parameters.map((each) => each.name).join(', ')]
            .filter((part) => part !== '')
            .join(' '),
          method: method.toUpperCase(),
          path,
          operation,
          parameters,
          ...body,
          isForm: named === 'a form',
        })),
      ),
    ),
  );

/** Answers the names of what has no example in a document: parameters, bodies, and answers in JSON. */
export const withoutExample = ({ paths }: OpenApi): string[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { parameters, requestBody, responses }]) => {
      const answers = Object.entries(responses).map(([status, { content }]) => [status, content] as const);
      const contents = [...answers, ['body', requestBody?.content] as const].flatMap(([place, content = {}]) =>
        Object.entries(content)
          .filter(([, { schema, example, examples = {} }]) => {
            const isFile = (schema as { readonly format?: string }).format === 'binary';
            return !isFile && example === undefined && Object.keys(examples).length === 0;
          })
          .map(() => place),
      );
      const bare = parameters.filter(({ example }) => example === undefined).map(({ name }) => name);
      return [...bare, ...contents].map((what) => `${method.toUpperCase()} ${path} ${what}`);
    }),
  );
