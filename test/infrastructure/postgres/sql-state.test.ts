import { expect } from 'chai';
import { DatabaseOverloadedError } from '../../../src/application/ports/database-overloaded.js';
import { DatabaseUnavailableError } from '../../../src/application/ports/database-unavailable.js';
import { isTransient, translated } from '../../../src/infrastructure/postgres/sql-state.js';

const failure = (code: string) => Object.assign(new Error('it failed'), { code });

describe('Whether the same may succeed later', () => {
  // A full disk, or a network that failed for a moment, caused the events of that moment to be parked.
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

describe('A failure of the database in the words of the ports', () => {
  it('is that it cannot be reached, with the reason, where the same may succeed later', () => {
    const cause = failure('57P01');
    expect(translated(cause)).to.be.instanceOf(DatabaseUnavailableError).and.to.have.property('cause', cause);
    expect(isTransient(translated(cause))).to.equal(true);
  });

  it('is itself where it is in these words already, or is lasting', () => {
    for (const error of [new DatabaseOverloadedError('full'), new DatabaseUnavailableError('down'), failure('23505')])
      expect(translated(error)).to.equal(error);
  });
});
