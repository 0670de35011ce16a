import { expect } from 'chai';
import type { z } from 'zod';
import { askedFilter } from '../../../src/interfaces/http/asked-filter.js';
import { ada, conversationNumber, messageNumber } from '../../support/ids.js';
import { routes } from '../../support/published-routes.js';

const audited = routes.filter(({ path }) => path.startsWith('/audit/v1/'));
const nameOf = ({ method, path }: (typeof routes)[number]) => `${method.toUpperCase()} ${path}`;

/** The parameters that are not kept, and the one whose text is compared with what users are called. */
const ELSEWHERE = new Set(['cursor', 'limit', 'matter']);

const PERSONAL = [
  'ada',
  'Ada',
  'Ada Lovelace',
  'AdaLovelace',
  'Ada.Lovelace',
  'ada@example.com',
  '@ada',
  '+44 20 7946 0000',
];

const parametersOf = (schema: z.ZodType | undefined) =>
  Object.entries((schema as z.ZodObject | undefined)?.shape ?? {}) as [string, z.ZodType][];

describe('What is kept of the parameters of an audit call', () => {
  it('is of routes that are there', () => {
    expect(audited.length).to.be.greaterThan(20);
    expect(audited.flatMap(({ query }) => parametersOf(query)).length).to.be.greaterThan(20);
  });

  const kept = audited.flatMap((route) =>
    [...parametersOf(route.params), ...parametersOf(route.query)]
      .filter(([name]) => !ELSEWHERE.has(name))
      .map(([name, schema]) => ({ what: `${name} of ${nameOf(route)}`, schema })),
  );
  for (const { what, schema } of kept)
    it(`is no name and no address of anybody: ${what}`, () => {
      for (const text of PERSONAL) expect(schema.safeParse(text).success, text).to.equal(false);
    });
});

describe('The filter of a call that another auditor is to approve', () => {
  const asked = (call: string, filter: Record<string, string>) => askedFilter(routes, { call, filter });

  it('is as the call itself will be recorded with it', () => {
    const call = 'GET /audit/v1/conversations/:conversationId/messages';
    const given = { conversationId: conversationNumber(1), asOf: '2026-01-31T12:00:00Z', viewer: ada };
    expect(asked(call, given)).to.deep.equal({ ...given, asOf: '2026-01-31T12:00:00.000Z' });
    expect(asked('GET /audit/v1/events', { type: 'MessageSent', limit: '7' })).to.deep.equal({ type: 'MessageSent' });
    expect(asked('DELETE /audit/v1/holds/:userId', { userId: ada })).to.deep.equal({ userId: ada, matter: 'general' });
  });

  for (const [what, call, filter] of [
    ['a call that there is not', 'GET /audit/v1/ada', {}],
    ['a call that needs no approval', 'GET /audit/v1/key', {}],
    ['a call of others', 'GET /user/v1/me', {}],
    ['a parameter that it does not take', 'GET /audit/v1/events', { q: 'ada@example.com' }],
    ['a value that it does not take', 'GET /audit/v1/events', { userId: 'ada' }],
    ['a part of the path that is none', 'GET /audit/v1/messages/:messageId/versions', { messageId: 'ada' }],
    ['a part of the path that is left out', 'GET /audit/v1/messages/:messageId/versions', {}],
    [
      'a query where it takes none',
      'GET /audit/v1/messages/:messageId/versions',
      { messageId: messageNumber(1), q: 'x' },
    ],
  ] as const)
    it(`is none of ${what}`, () => expect(asked(call, filter)).to.equal(null));
});
