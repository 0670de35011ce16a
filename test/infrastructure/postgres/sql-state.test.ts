import { expect } from 'chai';
import { isTransient } from '../../../src/infrastructure/postgres/sql-state.js';

const failure = (code: string) => Object.assign(new Error('it failed'), { code });

describe('Whether the same may succeed later', () => {
  // A full disk or a network that was gone for a moment had the events of that moment parked.
  for (const code of [
    '53100',
    '53200',
    '53300',
    '58030',
    '25006',
    '08006',
    '57P01',
    '40001',
    'ENETUNREACH',
    'ECONNRESET',
  ])
    it(`it may after ${code}`, () => expect(isTransient(failure(code))).to.equal(true));

  for (const code of ['22021', '23505', '42P01', '5', 'ERR_INVALID_ARG_TYPE'])
    it(`it does not after ${code}`, () => expect(isTransient(failure(code))).to.equal(false));

  it('it does not after an error of the program', () =>
    expect(isTransient(new TypeError('x is undefined'))).to.equal(false));
});
