import { html, type Html } from './html.js';

interface Content {
  readonly schema: unknown;
  /** Examples by their names: a form is filled with the first. */
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

/** What a form has to know of a call. */
export interface Callable {
  readonly operationId: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly example: unknown;
    readonly description?: string;
  }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, Content>> };
}

const EXAMPLE_ROWS = 8;

const fieldOf = (
  { operationId }: Callable,
  { name, in: place, required, example }: Callable['parameters'][number],
): Html => {
  const id = `${operationId}-${place}-${name}`;
  const hint = JSON.stringify(example).replaceAll('"', '');
  return html`<p>
    <label for="${id}">${name} <small>${place}${required ? ', required' : ''}</small></label>
    <input id="${id}" name="${name}" data-in="${place}" placeholder="${hint}" autocomplete="off" />
  </p>`;
};

const firstOf = ({ examples = {} }: Content): unknown => Object.values(examples)[0]?.value;

const bodyOf = ({ operationId, requestBody }: Callable): Html => {
  const { 'application/json': json, 'multipart/form-data': form } = requestBody?.content ?? {};
  if (form)
    return html`<p>
      <label for="${operationId}-file">File</label>
      <input id="${operationId}-file" type="file" name="file" data-in="file" />
    </p>`;
  if (!json) return html``;
  return html`<p>
    <label for="${operationId}-body">Body <small>JSON</small></label>
    <textarea id="${operationId}-body" name="body" data-in="body" rows="${EXAMPLE_ROWS}" spellcheck="false">
${JSON.stringify(firstOf(json), null, 2)}</textarea>
  </p>`;
};

/** A form that sends a call to this server, by the script of the page. */
export const tryIt = (method: string, path: string, call: Callable): Html =>
  html`<form data-method="${method.toUpperCase()}" data-path="${path}" aria-label="Try ${method.toUpperCase()} ${path}">
    ${call.parameters.map((parameter) => fieldOf(call, parameter))} ${bodyOf(call)}
    <p><button>Send</button></p>
    <pre tabindex="0" aria-live="polite" aria-label="Answer" hidden></pre>
  </form>`;
