import { z } from 'zod';
import type { Route } from '../../../src/interfaces/http/route.js';
import { routes } from '../../support/published-routes.js';
import type { Scene } from '../../support/signed-up.js';

/** A place that the caller fills, outside of bodies: a part of a path, or a parameter of a query. */
export interface Place {
  /** The method and path of the route, and the name of the place. */
  readonly name: string;
  readonly method: string;
  readonly route: Route;
  /** Answers the address with this value in the place, and with what there is in the others. */
  readonly with: (value: string, scene: Scene) => string;
}

const PROJECTION =
  'operations.e2e.test.ts tries wrong ones: any word is a name, and others than operators learn nothing of it';
const MATTER = 'holds.e2e.test.ts tries wrong ones: any word is a matter';

/** The places that take any text, with what is tried there instead. */
const FREE: Readonly<Record<string, string>> = {
  'GET /user/v1/users query': 'free-texts.ts looks for users by anything',
  'GET /message/v1/search q': 'free-texts.ts looks for anything in messages',
  'PUT /audit/v1/holds/:userId matter': MATTER,
  'DELETE /audit/v1/holds/:userId matter': MATTER,
  'PUT /audit/v1/holds/conversations/:conversationId matter': MATTER,
  'DELETE /audit/v1/holds/conversations/:conversationId matter': MATTER,
  'GET /ops/v1/projections/:name name': PROJECTION,
  'POST /ops/v1/projections/:name/verify name': PROJECTION,
  'POST /ops/v1/projections/:name/rebuild name': PROJECTION,
  'DELETE /ops/v1/projections/:name/rebuild name': PROJECTION,
  'POST /ops/v1/projections/:name/redrive name': PROJECTION,
  'GET /media/v1/:mediaId link': 'media-links.e2e.test.ts tries wrong links',
  'GET /media/v1/:mediaId/thumbnail link': 'media-links.e2e.test.ts tries wrong links',
};

const MEDIA = '01980000-0000-7000-8000-000000000005';

const real = ({ bob, directId, groupId, messageId }: Scene): Readonly<Record<string, string>> => ({
  id: groupId,
  conversationId: directId,
  messageId,
  userId: bob.userId,
  sessionId: MEDIA,
  mediaId: MEDIA,
  requestId: MEDIA,
  emoji: '👍',
  role: 'auditor',
  name: 'users',
  since: '0',
  position: '1',
  size: '1',
  tile: '0/000.p/1',
  from: '1',
  q: 'tea',
  query: 'ada',
  days: '30',
});

const namesOf = (schema: z.ZodType | undefined): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

const requiredOf = (schema: z.ZodType | undefined): string[] =>
  schema instanceof z.ZodObject
    ? Object.entries<z.ZodType>(schema.shape).flatMap(([name, each]) =>
        each.safeParse(undefined).success ? [] : [name],
      )
    : [];

/** Answers the address of a route, with a value in one place. */
const addressOf = ({ path, query }: Route, scene: Scene, place: string, value: string): string => {
  const values = { ...real(scene), [place]: value };
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  const names = new Set([...requiredOf(query), ...(namesOf(query).includes(place) ? [place] : [])]);
  const search = [...names].map((name) => `${name}=${encodeURIComponent(values[name] ?? '')}`).join('&');
  return search === '' ? filled : `${filled}?${search}`;
};

/** Answers every place of a route. */
export const placesOf = (route: Route): Place[] =>
  [...namesOf(route.params), ...namesOf(route.query)].map((place) => ({
    name: `${route.method.toUpperCase()} ${route.path} ${place}`,
    method: route.method.toUpperCase(),
    route,
    with: (value, scene) => addressOf(route, scene, place, value),
  }));

/** Every place with a form of its own: whatever has another is refused. */
export const formedPlaces: readonly Place[] = routes.flatMap(placesOf).filter(({ name }) => !(name in FREE));

/** Says whether a command is one of this route. */
export const isOf = ({ method, path }: Route, command: { readonly method: string; readonly path: string }): boolean =>
  command.method === method.toUpperCase() && new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`).test(command.path);

/** The names of the places that take any text. */
export const freePlaces: readonly string[] = Object.keys(FREE);
