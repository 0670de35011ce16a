import { expect } from 'chai';
import { clientFrames } from '../../src/interfaces/ws/commands.js';
import type { Route } from '../../src/interfaces/http/route.js';
import { commandsOf } from '../e2e/bad-input/commands.js';
import { FIELDLESS, formedFields } from '../e2e/bad-input/frames.js';
import { formedPlaces, freePlaces, isOf, placesOf } from '../e2e/bad-input/places.js';
import { routes } from '../support/published-routes.js';
import type { Scene } from '../support/signed-up.js';

const person = { userId: '01980000-0000-7000-8000-000000000001', username: 'ada', password: 'correct horse battery' };
const scene = {
  ...{ ada: person, bob: person, eve: person },
  directId: '01980000-0000-7000-8000-000000000003',
  groupId: '01980000-0000-7000-8000-000000000003',
  messageId: '01980000-0000-7000-8000-000000000004',
} as unknown as Scene;

/** The routes to which nothing can be given but a token. Each has to be named, so that a new one is looked at. */
const takingNothing = [
  'GET /audit/v1/checkpoint',
  'GET /audit/v1/key',
  'GET /audit/v1/retention',
  'GET /audit/v1/tiles/checkpoint',
  'GET /user/v1/me/export',
  'GET /user/v1/me',
  'GET /user/v1/me/settings',
  'GET /user/v1/sessions',
  'GET /ops/v1/projections',
];

/** The routes that take something of another kind, with what tries them. */
const triedElsewhere: Readonly<Record<string, string>> = { 'POST /media/v1': 'media.ts sends wrong forms' };

const nameOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;

// Paths and queries were lists that were kept by hand: a third of the routes was in none.
describe('The tables of bad input', () => {
  const tried = new Set(formedPlaces.map(({ name }) => name));

  it('have every route, or a line that says why not', () => {
    const commands = commandsOf(scene);
    const missing = routes
      .filter((route) => route.body && !commands.some((command) => isOf(route, command)))
      .concat(
        routes.filter(({ body, params, query, takesFile }) =>
          [body, params, query, takesFile].every((part) => part === undefined),
        ),
      )
      .concat(routes.filter(({ takesFile }) => takesFile));
    expect(missing.map(nameOf)).to.have.members([...takingNothing, ...Object.keys(triedElsewhere)]);
  });

  it('have every part of a path and every parameter of a query, by its name', () => {
    const places = routes.flatMap(placesOf);
    expect(places.map(({ name }) => name).filter((name) => !tried.has(name))).to.have.members(freePlaces);
    expect([...tried]).to.include.members([
      'GET /message/v1/history before',
      'GET /conversation/v1/:id/pins id',
      'DELETE /user/v1/users/:userId/roles/:role role',
      'GET /message/v1/:messageId/receipts cursor',
      'PATCH /message/v1/:messageId messageId',
    ]);
  });

  it('have every frame that clients send', () => {
    const types = new Set(formedFields.map(({ type }) => type));
    expect([...types, ...FIELDLESS]).to.have.members(Object.keys(clientFrames));
  });
});
