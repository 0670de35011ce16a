import { html, page, type Html } from './html.js';

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema: unknown }>>;
}

interface Operation {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: Media;
  readonly responses: Readonly<Record<string, Media & { readonly description: string }>>;
}

interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const schemaOf = ({ content = {} }: Media): Html[] =>
  Object.values(content)
    .filter(({ schema }) => !('$ref' in (schema as object)))
    .map(({ schema }) => html`<pre>${JSON.stringify(schema, null, 2)}</pre>`);

const operationOf = (path: string, method: string, operation: Operation): Html => {
  const { summary, security, parameters, requestBody, responses } = operation;
  const rows = parameters.map(
    (each) =>
      html`<tr>
        <td><code>${each.name}</code></td>
        <td>${each.in}${each.required ? ', required' : ''}</td>
      </tr>`,
  );
  const answers = Object.entries(responses).map(
    ([status, response]) =>
      html`<h4>${status}</h4>
        <p>${response.description}</p>
        ${schemaOf(response)}`,
  );
  return html`<details>
    <summary><code>${method.toUpperCase()} ${path}</code> ${summary}</summary>
    <p>${security ? 'Open to everybody.' : 'Needs an access token.'}</p>
    <table>
      ${rows}
    </table>
    ${
      requestBody
        ? html`<h4>Body</h4>
            ${schemaOf(requestBody)}`
        : ''
    }
    ${answers}
  </details>`;
};

/** Makes the page that shows the contract, from the OpenAPI document, without a script. */
export const docsPage = (document: object): string => {
  const { info, paths } = document as OpenApi;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag));
    return html`<h2>${tag}</h2>
      ${own.map(({ path, method, operation }) => operationOf(path, method, operation))}`;
  });
  return page(
    'API',
    html`<h1>${info.title} ${info.version}</h1>
      <p>${info.description}</p>
      <p>
        For programs: <a href="/openapi.json">OpenAPI 3.1</a>, <a href="/asyncapi.json">AsyncAPI 3</a>.
        <a href="/docs/errors">All error codes</a>.
      </p>
      ${sections}`,
  );
};
