import { expect } from 'chai';
import type pg from 'pg';
import { project } from '../../../../src/application/projections/projector.js';
import { mailProjection } from '../../../../src/application/projections/registry.js';
import { MailBatch } from '../../../../src/infrastructure/read-models/postgres/mail-batch.js';
import { fact } from '../../../support/events.js';
import { ada, bob, cleo } from '../../../support/ids.js';
import { recorded, type Fact } from '../../../support/projections.js';

describe('a batch of the mail projection in PostgreSQL', () => {
  let committed: number;
  let batch: MailBatch;
  beforeEach(() => {
    committed = 0;
    batch = new MailBatch(() => (committed += 1));
  });

  const registered = (userId: typeof ada, displayName = 'as registered') =>
    fact('UserRegistered', { userId, displayName });
  const asked = (userId: typeof ada) => fact('EmailVerificationRequested', { userId });
  const apply = (...facts: readonly Fact[]) => {
    for (const event of recorded(facts)) project(mailProjection, batch.writers, event);
  };
  /** Answers the parameters of the statement that saves recipients, names and mails. */
  const saved = (): Record<string, unknown>[][] => {
    const save = batch.statements().find(({ name }) => name === 'mail.save');
    return (save?.values as string[]).map((portion) => JSON.parse(portion) as Record<string, unknown>[]);
  };

  it('costs one statement, however many events there are, and one more where users are erased', () => {
    apply(registered(ada), registered(bob), asked(ada), asked(bob), fact('ProfileChanged'));
    expect(batch.statements().map(({ name }) => name)).to.deep.equal(['mail.save']);
    apply(fact('UserErased'), fact('UserErased', { userId: bob }), registered(cleo));
    expect(batch.statements().map(({ name }) => name)).to.deep.equal(['mail.withdraw', 'mail.save']);
  });

  it('knows the newest name of those who registered in it, and of others', () => {
    const renamed = (userId: typeof ada, displayName: string) => fact('ProfileChanged', { userId, displayName });
    apply(registered(ada), renamed(ada, 'Ada'), renamed(bob, 'Bobby'), renamed(bob, 'Bob'));
    const [recipients, names] = saved();
    expect(recipients?.map(({ displayName }) => displayName)).to.deep.equal(['Ada']);
    expect(names).to.deep.equal([
      { userId: ada, displayName: 'Ada' },
      { userId: bob, displayName: 'Bob' },
    ]);
  });

  it('keeps a name that was given before the user is registered from the new recipient', () => {
    apply(fact('ProfileChanged', { displayName: 'Ada' }), registered(ada), registered(ada, 'registered again'));
    expect(saved()[0]?.map(({ displayName }) => displayName)).to.deep.equal(['as registered']);
  });

  it('drops what came before an erasure, and keeps what came behind it', () => {
    apply(registered(ada), fact('ProfileChanged'), asked(ada), asked(bob), fact('UserErased'), registered(cleo));
    expect(saved().map((rows) => rows.map(({ userId }) => userId))).to.deep.equal([[cleo], [], [bob]]);
    expect(batch.statements()[0]?.values).to.deep.equal([[ada]]);
    apply(registered(ada, 'behind it'), asked(ada));
    expect(saved().map((rows) => rows.map(({ userId }) => userId))).to.deep.equal([[cleo, ada], [], [bob, ada]]);
  });

  it('forgets what is settled, and says so when it was committed', () => {
    batch.settle([]);
    apply(registered(ada), asked(ada), fact('ProfileChanged'), fact('UserErased'), asked(bob));
    batch.settle(undefined);
    expect([batch.statements(), committed]).to.deep.equal([[], 0]);
    apply(asked(ada));
    batch.settle(batch.statements().map(() => ({}) as pg.QueryResult));
    expect([batch.statements(), committed]).to.deep.equal([[], 1]);
  });
});
