import { expect } from 'chai';
import { usersProjection } from '../../../../src/application/projections/registry.js';
import { createPostgresGenerations } from '../../../../src/infrastructure/projections/postgres/postgres-generations.js';
import { usersReadModel } from '../../../../src/infrastructure/read-models/postgres/users-read-model.js';
import { fact } from '../../../support/events.js';
import { ada, bob, sessionNumber } from '../../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';
import { dump, feed, recorded } from '../../../support/projections.js';

/** Data that no view shows any more has to be gone from the tables as well. */
describe('The tables of the users projection in PostgreSQL', () => {
  let database: TestDatabase;
  before(async () => (database = await testDatabase()));
  after(() => database.drop());

  it('hold nothing of a former name, of what was undone, and of a user who is erased but that they were', async () => {
    const generations = createPostgresGenerations({
      pool: database.pool,
      projection: usersProjection,
      readModel: usersReadModel,
    });
    await generations.prepare();
    const store = generations.open();
    const events = recorded([
      fact('UserRegistered', { userId: bob, username: 'bob', displayName: 'Former' }),
      fact('UserRegistered', { userId: ada }),
      fact('ContactAdded', { userId: bob, contactId: ada }),
      fact('UserBlocked', { userId: ada, blockedId: bob }),
      fact('SessionStarted', { userId: ada, sessionId: sessionNumber(1) }),
      fact('SessionStarted', { userId: bob, sessionId: sessionNumber(2) }),
      fact('SessionsEnded', { userId: bob, epoch: 1, exceptSessionId: sessionNumber(2) }),
      fact('ProfileChanged', { userId: bob, displayName: 'Newest', bio: null }),
      fact('UserErased', { userId: ada }),
    ]);
    await feed(store, events, [1]);
    await store.release();
    const { people, search_terms, relations, sessions, session_epochs } = await dump(database.pool, 'users');
    expect(people).to.have.length(2);
    expect(people?.find((row) => String(row).includes(ada))).to.match(/^\([^,]*,erased,"","",f,erased,,/);
    expect(search_terms).to.deep.equal([`(bob,${bob})`, `(newest,${bob})`]);
    expect(relations).to.deep.equal([]);
    expect(sessions?.map((row) => String(row).includes(bob))).to.deep.equal([true]);
    expect(session_epochs).to.have.length(1);
    expect(session_epochs?.[0], 'the session that went on').to.include(`${bob},1,${sessionNumber(2)}`);
  });
});
