import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import { line, locale, pageSize, position, searchText } from '../../../src/interfaces/schemas/fields.js';
import { publishedAs, publishedSchema } from '../../../src/interfaces/schemas/published.js';
import { sending } from '../../../src/interfaces/schemas/sending.js';
import { bob, conversationNumber, mediaNumber } from '../../support/ids.js';

const patternOf = (schema: z.ZodType): RegExp => {
  const { pattern } = publishedSchema(schema, 'input') as { readonly pattern: string };
  return new RegExp(pattern, 'u');
};

// Clients that were made from the published schemas sent what they allow, and were refused.
describe('What is published of a schema', () => {
  it('is what is said of it instead, wherever it stands', () => {
    const schema = z.object({ even: publishedAs(z.string(), { type: 'integer', multipleOf: 2 }).optional() });
    expect(publishedSchema(schema, 'input')).to.deep.equal({
      type: 'object',
      properties: { even: { type: 'integer', multipleOf: 2 } },
    });
  });

  const patterned: Readonly<Record<string, z.ZodType>> = {
    'a locale': locale,
    'a position': position,
    'a search': searchText,
  };
  for (const [name, schema] of Object.entries(patterned))
    it(`allows nothing that is not taken: ${name}`, () => {
      fc.assert(fc.property(fc.stringMatching(patternOf(schema)), (value) => schema.safeParse(value).success));
      expect(patternOf(schema).test('')).to.equal(false);
    });

  it('leaves out control characters of a line', () => {
    const pattern = patternOf(line(1, 10));
    expect(['\n', 'a\u0000', '\u009f', 'Ada', '爱达'].map((text) => pattern.test(text))).to.deep.equal([
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('bounds the size of a page', () => {
    const schema = pageSize(200, 50);
    expect(publishedSchema(schema, 'input')).to.deep.equal({ type: 'integer', minimum: 1, maximum: 200, default: 50 });
    for (const size of ['1', '200']) expect(schema.parse(size)).to.equal(Number(size));
    for (const size of ['0', '201', '9374']) expect(schema.safeParse(size).success).to.equal(false);
  });

  it('asks for exactly one addressee of a message', () => {
    const { oneOf } = publishedSchema(sending, 'input') as { oneOf: readonly { required: readonly string[] }[] };
    const published = (given: object) =>
      oneOf.filter(({ required }) => required.every((name) => Object.hasOwn(given, name))).length === 1;
    const addressees = { conversationId: conversationNumber(1), recipientId: bob, recipient: 'bob' };
    const names = Object.keys(addressees) as (keyof typeof addressees)[];
    for (let bits = 0; bits < 8; bits += 1) {
      const chosen = names.filter((_, n) => (bits >> n) & 1);
      const given = Object.fromEntries(chosen.map((name) => [name, addressees[name]]));
      expect(published(given), chosen.join()).to.equal(sending.safeParse({ ...given, text: 'hi' }).success);
    }
  });

  it('asks for a text of a message, or for files, each once', () => {
    const isAllowed = new Ajv2020({ strict: false, validateFormats: false }).compile(publishedSchema(sending, 'input'));
    const files = (count: number) => Array.from({ length: count }, (_, n) => mediaNumber(n));
    const allowed: object[] = [
      { text: 'hi' },
      { attachments: files(1) },
      { text: 'hi', attachments: [] },
      { attachments: files(10) },
    ];
    const refused: object[] = [
      {},
      { attachments: [] },
      { attachments: files(11) },
      { attachments: [...files(2), ...files(1)] },
    ];
    for (const given of [...allowed, ...refused]) {
      const addressed = { recipient: 'bob', ...given };
      expect(isAllowed(addressed), JSON.stringify(given)).to.equal(allowed.includes(given));
      expect(sending.safeParse(addressed).success, JSON.stringify(given)).to.equal(allowed.includes(given));
    }
  });
});
