import { expect } from 'chai';
import type pg from 'pg';
import { StatementBatch } from '../../../../src/infrastructure/read-models/postgres/statement-batch.js';

const one = { name: 'one', text: 'select 1' };
const other = { name: 'other', text: 'select 2' };

describe('a batch of statements', () => {
  /** The statements by name, and what each is given. */
  const written = (batch: StatementBatch): [string | undefined, unknown][] =>
    batch.statements().map(({ name, values }) => [name, JSON.parse((values as [string])[0])]);
  const answers = (count: number) => Array.from({ length: count }, () => ({}) as pg.QueryResult);

  it('keeps the order in which they were added', () => {
    const batch = new StatementBatch();
    batch.add(one, { n: 3 });
    batch.add(other, { n: 4 });
    batch.add(one, { n: 5 });
    batch.add(one, { n: 6 });
    expect(written(batch)).to.deep.equal([
      ['one', { n: 3 }],
      ['other', { n: 4 }],
      ['one', { n: 5 }],
      ['one', { n: 6 }],
    ]);
  });

  it('forgets what is settled, and says so when it was committed', () => {
    let committed = 0;
    const batch = new StatementBatch(() => (committed += 1));
    batch.settle(answers(0));
    batch.add(one, {});
    batch.settle(undefined);
    expect([written(batch), committed]).to.deep.equal([[], 0]);
    batch.add(other, {});
    batch.settle(answers(1));
    expect([written(batch), committed]).to.deep.equal([[], 1]);
  });
});
