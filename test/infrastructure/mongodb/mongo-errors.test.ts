import { expect } from 'chai';
import { BSON, MongoBulkWriteError, MongoInvalidArgumentError, MongoNetworkError, MongoServerError } from 'mongodb';
import { DatabaseUnavailableError } from '../../../src/application/ports/database-unavailable.js';
import { asked, duplicatesOf, isDuplicate } from '../../../src/infrastructure/mongodb/mongo-errors.js';
import { loadDriver } from '../../../src/infrastructure/mongodb/load-driver.js';

const NO_CONCERN = { getWriteConcernError: () => undefined } as never;
const bulkError = (...codes: readonly number[]) =>
  new MongoBulkWriteError(
    {
      message: 'some failed',
      code: codes[0] ?? 0,
      writeErrors: codes.map((code, index) => ({ code, index })),
    } as never,
    Object.assign({}, NO_CONCERN),
  );
const raised = (error: Error): Promise<unknown> =>
  asked(() => Promise.reject(error)).catch((caught: unknown) => caught);

describe('Errors of MongoDB', () => {
  before(() => loadDriver());

  it('say that it is out of reach, whatever their class, unless the server refused the request', async () => {
    const lost = new MongoBulkWriteError({ message: 'connection closed', writeErrors: [] } as never, NO_CONCERN);
    const stepping = new MongoServerError({ message: 'stepped down', code: 189 });
    for (const error of [new MongoNetworkError('closed'), lost, stepping, new Error('socket hang up')])
      expect(await raised(error), error.message)
        .to.be.instanceOf(DatabaseUnavailableError)
        .with.property('cause', error);
    const refused = new MongoServerError({ message: 'duplicate key', code: 11000 });
    for (const error of [refused, new MongoInvalidArgumentError('too large'), new BSON.BSONError('no such type')])
      expect(await raised(error), error.message).to.equal(error);
    expect(isDuplicate(refused)).to.equal(true);
  });

  /* They were answered as a failure of ours, and parked events that nothing is wrong with. */
  it('say that the user is refused, which may change, where it may not log in, or not do what it does', async () => {
    for (const code of [13, 18, 8000]) {
      const refused = await raised(new MongoServerError({ message: 'not authorized on chatapp', code }));
      expect(refused, String(code)).to.be.instanceOf(DatabaseUnavailableError);
      expect((refused as Error).message).to.match(
        /^MongoDB refuses the user of MONGODB_URL .*: not authorized on chatapp$/,
      );
    }
  });

  it('count as duplicates alone where every document failed for its key', async () => {
    expect(duplicatesOf(bulkError(11000, 11000))).to.deep.equal([0, 1]);
    expect(duplicatesOf(bulkError(11000, 121))).to.equal(undefined);
    expect(duplicatesOf(bulkError())).to.equal(undefined);
    const unsafe = bulkError(11000);
    Object.assign(unsafe.result, { getWriteConcernError: () => ({ code: 64 }) });
    expect(duplicatesOf(unsafe), 'others may be rolled back').to.equal(undefined);
    expect(await raised(unsafe)).to.be.instanceOf(DatabaseUnavailableError);
    expect(duplicatesOf(new Error('duplicate key'))).to.equal(undefined);
  });
});
