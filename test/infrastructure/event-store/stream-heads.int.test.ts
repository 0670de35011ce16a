import { expect } from 'chai';
import { EventStoreOverloadedError } from '../../../src/application/ports/event-store.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import { STORE_LIMITS } from '../../../src/infrastructure/event-store/postgres/store-limits.js';
import { createStreamHeads } from '../../../src/infrastructure/event-store/postgres/stream-heads.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

describe('Questions for the heads of streams', () => {
  let database: TestDatabase;

  before(async () => (database = await testDatabase()));
  after(() => database.drop());

  it('are refused when too many wait, but for those that ask for nothing', async () => {
    const heads = createStreamHeads(database.pool, { ...STORE_LIMITS, headQueries: 1, queuedHeadQueries: 1 });
    const ask = () => heads([streamOf('thing', '1')]).catch((error: unknown) => error);
    const [first, second, third, none] = await Promise.all([ask(), ask(), ask(), heads([])]);
    expect([first, second, none]).to.deep.equal([new Map(), new Map(), new Map()]);
    expect(third).to.be.instanceOf(EventStoreOverloadedError);
    expect(await ask(), 'later').to.deep.equal(new Map());
  });
});
