import { expect } from 'chai';
import { position } from '../../../src/interfaces/schemas/fields.js';

// A position of 19 digits that exceeds every 64-bit integer reached the database, which refused it: the caller was told
// of an internal error, and a socket was closed with one.
describe('A position that a caller gives', () => {
  for (const given of ['0', '42', '9223372036854775807'])
    it(`is taken: ${given}`, () => expect(position.parse(given)).to.equal(given));

  for (const given of ['9223372036854775808', '9999999999999999999', '10000000000000000000', '-1', 'x', ''])
    it(`is refused: ${JSON.stringify(given)}`, () => expect(position.safeParse(given)).to.include({ success: false }));
});
