import { LOG_START } from '../../../src/domain/kernel/position.js';
import { expect } from 'chai';
import type { UseCases } from '../../../src/application/use-cases.js';
import { openApiDocument } from '../../../src/interfaces/http/openapi.js';
import { conversationRoutes } from '../../../src/interfaces/http/routes/conversations.routes.js';
import { openApi as published } from '../../support/published-routes.js';
import { messageRoutes } from '../../../src/interfaces/http/routes/messages.routes.js';

interface Operation {
  readonly parameters: readonly { readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

// The document left out refusals that calls do answer: a client made from it did not know them.
describe('The OpenAPI document', () => {
  const none = {} as UseCases; // the routes only describe themselves here: none of them is called
  const routes = [
    ...messageRoutes(none),
    ...conversationRoutes(
      none,
      () => Promise.resolve(),
      () => LOG_START,
    ),
  ];
  const { paths } = openApiDocument(routes, { version: '1', url: 'http://127.0.0.1' }) as {
    paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };

  it('says of every call that takes an idempotency key that the key may have come with another request', () => {
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const keyed = operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'Idempotency-Key'));
    expect(keyed).to.have.length(routes.filter(({ isIdempotent }) => isIdempotent).length).and.not.be.empty;
    for (const { responses } of keyed) expect(responses['409']?.description).to.include('`idempotency_conflict`');
  });

  for (const path of ['/message/v1/send', '/conversation/v1'])
    it(`says that a user may not be written to: ${path}`, () => {
      expect(paths[path]?.['post']?.responses['403']?.description).to.include('`recipient_unavailable`');
    });

  it('says which calls give a browser a cookie, or take it away', () => {
    const operations = Object.entries(published.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, responses: Object.entries(operation.responses) })),
    );
    const setting = operations.flatMap(({ path, responses }) =>
      responses.filter(([, { headers = {} }]) => 'Set-Cookie' in headers).map(([status]) => `${path} ${status}`),
    );
    expect(setting).to.deep.equal(['/user/v1/login 200', '/user/v1/refresh-token 200', '/user/v1/logout 204']);
  });
});
