import fc from 'fast-check';
import type { Route } from '../../src/interfaces/http/route.js';
import { position, idempotencyKey } from '../../src/interfaces/schemas/fields.js';
import { publishedSchema } from '../../src/interfaces/schemas/published.js';
import { partsOf, type PublishedPart } from './published-routes.js';
import { forbiddenBy, valuesOf } from './schema-values.js';

/** A request, drawn from what is published. */
export interface DrawnRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const textsOf = (fields: Fields): [name: string, text: string][] =>
  Object.entries(fields).map(([name, value]) => [name, String(value)]);

const requestOf = (route: Route, values: Readonly<Record<string, unknown>>): DrawnRequest => {
  const { path = {}, query = {}, header = {}, body } = values as Readonly<Record<string, Fields | undefined>>;
  const filled = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(path[name])));
  const search = new URLSearchParams(textsOf(query)).toString();
  return { path: search ? `${filled}?${search}` : filled, headers: Object.fromEntries(textsOf(header)), json: body };
};

const drawn = (route: Route, parts: readonly (readonly [PublishedPart, fc.Arbitrary<unknown>])[]) =>
  fc
    .record(Object.fromEntries(parts.map(([{ place }, values]) => [place, values])))
    .map((values) => requestOf(route, values));

/** A cursor of this call belongs to the search that it came from: none that is drawn does. */
const SEARCH = '/message/v1/search';

const belongs = ({ path }: Route, { place }: PublishedPart, value: unknown): boolean =>
  !(path === SEARCH && place === 'query' && 'cursor' in (value as Fields));

const allowedParts = (route: Route) =>
  partsOf(route).map(
    (part) => [part, valuesOf(part.published).filter((value) => belongs(route, part, value))] as const,
  );

/** Draws the headers that many calls take. */
const commonHeaders = ({ isIdempotent, projections }: Route): fc.Arbitrary<Record<string, string>> => {
  const header = (schema: typeof position | typeof idempotencyKey) =>
    valuesOf(publishedSchema(schema, 'input')) as fc.Arbitrary<string>;
  return fc.record(
    {
      ...(isIdempotent && { 'Idempotency-Key': header(idempotencyKey) }),
      ...(projections && { 'X-Min-Position': header(position) }),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
};

/** Draws requests that the published document allows. */
export const allowedRequests = (route: Route): fc.Arbitrary<DrawnRequest> =>
  fc
    .tuple(drawn(route, allowedParts(route)), commonHeaders(route))
    .map(([request, headers]) => ({ ...request, headers: { ...request.headers, ...headers } }));

/** Nothing longer fits into the first line of a request, whatever stands in it. */
const LONGEST_TEXT = 1_000;

/** Says whether a part can be sent as it is: an address without it, or with it, may be another address, or none. */
const canBeSent = ({ place, published }: PublishedPart, value: Fields): boolean => {
  if (place === 'body') return true;
  const names = Object.keys(published.properties ?? {});
  const texts = textsOf(value).map(([, text]) => text);
  const isWhole = place === 'query' || (names.length === texts.length && names.every((name) => name in value));
  const isSendable = (text: string) => text.isWellFormed() && text.length < LONGEST_TEXT;
  return isWhole && texts.every((text) => isSendable(text) && (place === 'query' || !/^\.{0,2}$/.test(text)));
};

/** Draws requests of which one part is forbidden by the published document; undefined where nothing can be forbidden. */
export const forbiddenRequests = (route: Route): fc.Arbitrary<DrawnRequest> | undefined => {
  const parts = allowedParts(route);
  const spoiled = parts
    .filter(([{ place }]) => place !== 'header')
    .map(([part]) => {
      const wrong = forbiddenBy(part.published, part.isOfTexts).filter((value) => canBeSent(part, value as Fields));
      return drawn(route, [...parts.filter(([other]) => other !== part), [part, wrong]]);
    });
  return spoiled.length === 0 ? undefined : fc.oneof(...spoiled);
};
