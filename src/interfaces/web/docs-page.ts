import { html, page, prose, type Html } from './html.js';
import { tryIt, type Callable } from './try-it.js';

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema: unknown }>>;
}

interface Operation extends Callable {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, Media & { readonly description: string }>>;
}

interface Message {
  readonly name: string;
  readonly payload: unknown;
  readonly examples: readonly { readonly payload: unknown }[];
}

interface AsyncApi {
  readonly channels: Readonly<Record<string, { readonly messages: Readonly<Record<string, Message>> }>>;
}

interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const schemaOf = ({ content = {} }: Media): Html[] =>
  Object.values(content)
    .filter(({ schema }) => !('$ref' in (schema as object)))
    .map(({ schema }) => html`<pre tabindex="0">${JSON.stringify(schema, null, 2)}</pre>`);

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
      html`<h3>${status}</h3>
        <p>${prose(response.description)}</p>
        ${schemaOf(response)}`,
  );
  return html`<details id="${operation.operationId}" data-entry>
    <summary><code>${method.toUpperCase()} ${path}</code> ${prose(summary)}</summary>
    <p><a href="#${operation.operationId}">Link to this call</a></p>
    <p>${security ? 'Open to everybody.' : 'Needs an access token.'}</p>
    <table>
      ${rows}
    </table>
    ${
      requestBody
        ? html`<h3>Body</h3>
            ${schemaOf(requestBody)}`
        : ''
    }
    ${answers}
    <h3>Try it</h3>
    ${tryIt(method, path, operation)}
  </details>`;
};

const frameOf = (name: string, { name: type, payload, examples }: Message): Html => {
  const [direction = ''] = name.split('.');
  return html`<details id="${name}" data-entry>
    <summary><code>${type}</code> ${direction === 'client' ? 'you send' : 'you get'}</summary>
    <p><a href="#${name}">Link to this frame</a></p>
    <h3>Example</h3>
    ${examples.map((example) => html`<pre tabindex="0">${JSON.stringify(example.payload, null, 2)}</pre>`)}
    <h3>Schema</h3>
    <pre tabindex="0">${JSON.stringify(payload, null, 2)}</pre>
  </details>`;
};

const controls = html`<form role="search" aria-label="Search in the API">
    <p>
      <label for="search">Search calls and frames</label>
      <input id="search" type="search" autocomplete="off" />
    </p>
    <p><output id="found" for="search"></output></p>
  </form>
  <form id="access" aria-label="Your token">
    <p>
      <label for="token">Access token <small>kept in this tab until you close it</small></label>
      <input id="token" type="password" autocomplete="off" spellcheck="false" />
    </p>
  </form>`;

interface Section {
  readonly name: string;
  readonly entries: Html[];
}

const callsOf = ({ paths }: OpenApi): Section[] => {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  return tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag));
    return { name: tag, entries: own.map(({ path, method, operation }) => operationOf(path, method, operation)) };
  });
};

const framesOf = ({ channels }: AsyncApi): Section => ({
  name: 'Frames',
  entries: Object.values(channels).flatMap(({ messages }) =>
    Object.entries(messages).map(([name, message]) => frameOf(name, message)),
  ),
});

/** Makes the page that shows the contract, from its two documents. Its script searches, and tries calls. */
export const docsPage = (openApi: object, asyncApi: object): string => {
  const { info } = openApi as OpenApi;
  const sections = [...callsOf(openApi as OpenApi), framesOf(asyncApi as AsyncApi)];
  const links = sections.map(({ name }) => html`<li><a href="#section-${name}">${name}</a></li> `);
  return page(
    'API',
    html`<h1>${info.title} ${info.version}</h1>
      <p>${prose(info.description)}</p>
      <p>
        For programs: <a href="/openapi.json">OpenAPI 3.1</a>, <a href="/asyncapi.json">AsyncAPI 3</a>.
        <a href="/docs/errors">All error codes</a>.
      </p>
      <nav aria-label="Sections">
        <ul>
          ${links}
        </ul>
      </nav>
      ${controls}
      ${sections.map(
        ({ name, entries }) =>
          html`<section aria-labelledby="section-${name}">
            <h2 id="section-${name}">${name}</h2>
            ${entries}
          </section>`,
      )}
      <script src="/docs/api.js" defer></script>`,
  );
};
