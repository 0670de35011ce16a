import { expect } from 'chai';
import type { ConversationId } from '../../../../src/domain/kernel/ids.js';
import { LISTED_UP_TO, listedUpTo } from '../../../../src/infrastructure/read-models/postgres/listed.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';

const LAST_SEQS = [0, 1, 63, 64, 65, 127, 128, 8_191, 8_192, 8_300];

describe('The messages of a conversation that are in lists', () => {
  let database: TestDatabase;
  before(async () => (database = await testDatabase()));
  after(() => database.drop());

  // A search that took more of them for listed than were would look at those between nowhere.
  it('are the same for those who search as for those who make the lists, whatever the id', async () => {
    const ends = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
    const ids = ends.map((end) => `01978f00-0000-7000-8000-0000000000${end}` as ConversationId);
    const { rows } = await database.pool.query<{ id: ConversationId; last: number; listed: number }>(
      `select c.conversation_id as id, c.last_seq::integer as last, ${LISTED_UP_TO}::integer as listed
         from (select * from unnest($1::uuid[]) as conversation_id cross join unnest($2::bigint[]) as last_seq) c`,
      [ids, LAST_SEQS],
    );
    expect(rows).to.have.length(ids.length * LAST_SEQS.length);
    expect(rows.filter(({ id, last, listed }) => listed !== listedUpTo(id, last))).to.deep.equal([]);
  });
});
