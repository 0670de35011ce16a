import { expect } from 'chai';
import fc from 'fast-check';
import { searchProjection } from '../../../../src/application/projections/registry.js';
import { gramsOfText, senderGram } from '../../../../src/application/search/grams.js';
import { LOG_START } from '../../../../src/domain/kernel/position.js';
import type { Position, UserId } from '../../../../src/domain/kernel/ids.js';
import { createPostgresGenerations } from '../../../../src/infrastructure/projections/postgres/postgres-generations.js';
import { addList, CHUNK, noMessages } from '../../../../src/infrastructure/read-models/postgres/gram-list.js';
import { LISTED_UP_TO } from '../../../../src/infrastructure/read-models/postgres/listed.js';
import { searchReadModel } from '../../../../src/infrastructure/read-models/postgres/search-read-model.js';
import { fact } from '../../../support/events.js';
import { conversationNumber, userNumber } from '../../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';
import { dump, feed, recorded, type Fact } from '../../../support/projections.js';
import { randomMessages } from '../../../support/random-messages.js';

const MESSAGES = `
  select m.conversation_id as "conversationId", m.seq::integer, m.sender_id as "senderId", m.text
    from search.messages m join search.conversations c using (conversation_id)
   where m.text is not null and m.seq <= ${LISTED_UP_TO}`;
const LISTS = 'select conversation_id as "conversationId", gram, messages from search.grams';

/** Answers which messages have which grams, by the texts of full chunks. */
const byTexts = async ({ pool }: TestDatabase) => {
  const { rows } = await pool.query<{ conversationId: string; seq: number; senderId: UserId; text: string }>(MESSAGES);
  return rows.flatMap(({ conversationId, seq, senderId, text }) =>
    [...gramsOfText(text), senderGram(senderId)].map((gram) => `${conversationId} ${gram} ${seq}`),
  );
};

const byLists = async ({ pool }: TestDatabase) => {
  const { rows } = await pool.query<{ conversationId: string; gram: string; messages: Buffer }>(LISTS);
  return rows.flatMap(({ conversationId, gram, messages }) => {
    const bits = noMessages();
    addList(bits, messages);
    return bits.places(0, 1_000).map((place) => `${conversationId} ${gram} ${place + 1}`);
  });
};

describe('The lists of grams in PostgreSQL', () => {
  const seed = 34;
  const [facts = []] = fc.sample(randomMessages(400), { numRuns: 1, seed });
  /** The last ones of chunks. */
  const last = [1, 2].flatMap((n) => {
    const sent = facts.filter(
      ({ type, data }) =>
        type === 'MessageSent' && 'conversationId' in data && data.conversationId === conversationNumber(n),
    );
    return [sent[CHUNK - 1], sent[2 * CHUNK - 1]].flatMap((each) => (each ? [fact('MessageDeleted', each.data)] : []));
  });
  const history: readonly Fact[] = [...facts, ...last, fact('UserErased', { userId: userNumber(1) })];
  let database: TestDatabase;
  before(async () => (database = await testDatabase()));
  after(() => database.drop());

  const filled = async (sizes: readonly number[], isAhead: boolean) => {
    await database.pool.query(`drop schema if exists search cascade; delete from projections.checkpoints`);
    const parts = { pool: database.pool, projection: searchProjection, readModel: searchReadModel };
    const generations = createPostgresGenerations(parts);
    await generations.prepare();
    const store = generations.open();
    await feed(store, recorded(history), sizes, isAhead);
    await store.release();
    return dump(database.pool, 'search');
  };

  it('follow from the messages alone, however events were batched', async function () {
    this.timeout(60_000);
    const once = await filled([history.length], false);
    for (const sizes of [[7, 31, 150], [1]])
      for (const isAhead of [false, true]) expect(await filled(sizes, isAhead)).to.deep.equal(once);
    const expected = (await byTexts(database)).sort();
    expect(expected.length).to.be.above(1_000);
    expect((await byLists(database)).sort()).to.deep.equal(expected);
  });

  it('hold nothing of an erased user', async () => {
    const gram = senderGram(userNumber(1));
    expect((await byLists(database)).filter((each) => each.includes(` ${gram} `))).to.deep.equal([]);
  });

  it('are missed by the quick check where a message, a change or an erasure is missing', async () => {
    const parts = { pool: database.pool, projection: searchProjection, readModel: searchReadModel };
    const { findProblems } = createPostgresGenerations(parts);
    const events = recorded(history);
    const look = async () => {
      const to = events.at(-1)?.position as Position;
      const problems = await findProblems(async () => ({ events, after: LOG_START, to }));
      return [...new Set(problems.map(({ problem }) => problem.replace(/[\da-f-]{36}/, '…')))].sort();
    };
    expect(await look()).to.deep.equal([]);
    const client = await database.pool.connect();
    await client.query(
      'delete from search.messages where seq = 5; update search.messages set position = sent_position',
    );
    await client.query('delete from search.erased').finally(() => client.release());
    expect(await look()).to.deep.equal([
      'message … is not found',
      'message … is not found as it was changed',
      'texts of user … are found',
    ]);
  });
});
