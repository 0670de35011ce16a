import type { ExampleRequest } from './example-requests.js';
import type { RealValues } from './example-scene.js';

type Fields = Readonly<Record<string, unknown>>;

/** Puts real values in the place of examples. `call` is the method and path that they belong to. */
export const withRealValues = async (fields: Fields, values: RealValues, call: string): Promise<Fields> => {
  const entries = Object.entries(fields).map(async ([name, example]) => {
    const real = values[`${call} ${name}`] ?? values[name];
    return [name, real ? await real() : example] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
};

/** A request that a server can be asked. */
interface FilledRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Makes a request of examples, with real values for what they name. */
export const filled = async (
  { method, path, parameters, body }: ExampleRequest,
  values: RealValues,
): Promise<FilledRequest> => {
  const call = `${method} ${path}`;
  const of = async (place: string): Promise<Record<string, string>> => {
    const examples = parameters
      .filter((each) => each.in === place)
      .map(({ name, example }) => [name, example] as const);
    const real = Object.entries(await withRealValues(Object.fromEntries(examples), values, call));
    return Object.fromEntries(real.map(([name, value]) => [name, String(value)]));
  };
  const inPath = await of('path');
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(inPath[name] ?? ''));
  const search = new URLSearchParams(await of('query')).toString();
  return {
    path: search ? `${address}?${search}` : address,
    headers: await of('header'),
    body: body === undefined ? undefined : await withRealValues(body as Fields, values, call),
  };
};
