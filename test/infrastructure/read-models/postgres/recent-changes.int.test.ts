import { expect } from 'chai';
import type { RecentEvents } from '../../../../src/application/ports/projection-generations.js';
import type { Position } from '../../../../src/domain/kernel/ids.js';
import { recentMessages } from '../../../../src/infrastructure/read-models/postgres/recent-messages.js';
import { fact } from '../../../support/events.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';
import { feed, openMessages, recorded } from '../../../support/projections.js';

describe('What the newest events have left of messages in PostgreSQL', () => {
  let database: TestDatabase;

  beforeEach(async () => (database = await testDatabase()));
  afterEach(() => database.drop());

  const problems = async (newest: RecentEvents): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (const { text, values } of recentMessages(newest))
      found.push(...(await database.pool.query<{ problem: string }>(text, [...values])).rows);
    return found;
  };

  it('is said to be missing where a change of a message did not come to it', async () => {
    const events = recorded([fact('ConversationStarted'), fact('MessageSent'), fact('MessageEdited')]);
    const newest: RecentEvents = { events, after: '0' as Position, to: '3' as Position };
    const store = await openMessages(database);
    await feed(store, events, [3]);
    await store.release();
    expect(await problems(newest)).to.deep.equal([]);
    await database.pool.query('update messages.messages set position = sent_position');
    const { messageId } = fact('MessageSent').data;
    expect(await problems(newest)).to.deep.equal([
      { position: '3', problem: `what changed message ${messageId} is missing` },
    ]);
  });
});
