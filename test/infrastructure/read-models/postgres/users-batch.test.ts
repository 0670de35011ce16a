import { expect } from 'chai';
import type pg from 'pg';
import { project } from '../../../../src/application/projections/projector.js';
import { usersProjection } from '../../../../src/application/projections/registry.js';
import type { Ask } from '../../../../src/infrastructure/projections/postgres/read-model.js';
import { UsersBatch } from '../../../../src/infrastructure/read-models/postgres/users-batch.js';
import { fact } from '../../../support/events.js';
import { ada, bob, sessionNumber } from '../../../support/ids.js';
import { recorded, type Fact } from '../../../support/projections.js';

describe('a batch of the users projection in PostgreSQL', () => {
  const asked: pg.QueryConfig[] = [];
  const ask: Ask = async (question) => {
    asked.push(question);
    return [];
  };
  beforeEach(() => asked.splice(0));

  const apply = async (batch: UsersBatch, facts: readonly Fact[]) => {
    const events = recorded(facts);
    await batch.load(events, ask);
    for (const event of events) project(usersProjection, batch.writers, event);
  };

  // Each event was a statement of its own: a rebuild took four times as long.
  it('costs one question and one statement, however many events there are', async () => {
    const batch = new UsersBatch();
    await apply(batch, [
      ...[ada, bob].map((userId) => fact('UserRegistered', { userId })),
      ...[
        fact('EmailVerified'),
        fact('ProfileChanged'),
        fact('RoleGranted'),
        fact('ContactAdded'),
        fact('UserBlocked'),
      ],
      ...[1, 2, 3].map((n) => fact('SessionStarted', { sessionId: sessionNumber(n) })),
      ...[fact('SessionsEnded'), fact('UserErased', { userId: bob })],
    ]);
    expect([asked.length, batch.statements().length]).to.deep.equal([1, 1]);
  });

  it('asks nothing and writes nothing where no event is of users', async () => {
    const batch = new UsersBatch();
    await apply(batch, [fact('MessageSent')]);
    expect([asked.length, batch.statements().length]).to.deep.equal([0, 0]);
  });

  it('writes nothing again that is settled', async () => {
    const batch = new UsersBatch();
    await apply(batch, [fact('UserRegistered')]);
    batch.settle();
    expect(batch.statements()).to.deep.equal([]);
  });
});
