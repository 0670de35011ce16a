import { expect } from 'chai';
import { exampleRequests, withoutExample } from '../support/example-requests.js';
import { faultOf, type JsonSchema } from '../support/json-schema.js';
import { asyncApi, framesOf } from '../support/published-frames.js';
import { openApi, type OpenApi, type Operation } from '../support/published-routes.js';

const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
);

const frames = [...framesOf(asyncApi, 'client').values(), ...framesOf(asyncApi, 'server').values()];

const schemaOf = ({ schema }: { readonly schema: JsonSchema & { readonly $ref?: string } }): JsonSchema =>
  schema.$ref === undefined ? schema : openApi.components!.schemas['Problem']!;

// Examples were shown on the page of the API alone: who made a client from the documents had none.
describe('The published examples', () => {
  it('are there for every parameter, body and answer', () => {
    expect(withoutExample(openApi)).to.deep.equal([]);
  });

  it('are missed where there is none', () => {
    const isExample = (name: string) => name === 'example' || name === 'examples';
    const send = JSON.parse(JSON.stringify(openApi.paths['/message/v1/send']), (name, value: unknown) =>
      isExample(name) ? undefined : value,
    ) as Record<string, Operation>;
    const bare: OpenApi = { paths: { '/message/v1/send': send } };
    const missing = ['Idempotency-Key', 'body', '200', '201', '400'].map((what) => `POST /message/v1/send ${what}`);
    expect(withoutExample(bare)).to.include.members(missing);
    expect(exampleRequests(bare)).to.deep.equal([]);
  });

  for (const { name, operation } of operations)
    it(`are allowed by their schemas: ${name}`, () => {
      for (const { schema, example } of operation.parameters) expect(faultOf(schema, example)).to.equal(undefined);
      const contents = [operation.requestBody ?? {}, ...Object.values(operation.responses)];
      for (const media of contents.flatMap(({ content = {} }) => Object.values(content))) {
        const { example, examples = {} } = media;
        const values = Object.values(examples).map(({ value, $ref }) =>
          $ref === undefined ? value : openApi.components?.examples[$ref.split('/').at(-1) ?? '']?.value,
        );
        for (const value of example === undefined ? values : [example])
          expect(faultOf(schemaOf(media), value), JSON.stringify(value)).to.equal(undefined);
      }
    });

  for (const { name, payload, examples } of frames)
    it(`are allowed by the schema of their frame: ${name}`, () => {
      expect(examples).to.not.be.empty;
      for (const example of examples) expect(faultOf(payload, example.payload)).to.equal(undefined);
    });

  it('name each addressee of a message, over HTTP and in a frame', () => {
    const named = ['conversationId', 'recipientId', 'recipient'];
    const send = openApi.paths['/message/v1/send']?.['post']?.requestBody?.content?.['application/json'];
    expect(send?.examples).to.have.all.keys(named);
    expect(
      framesOf(asyncApi, 'client')
        .get('send')
        ?.examples.map(({ name }) => name),
    ).to.deep.equal(named);
  });
});
