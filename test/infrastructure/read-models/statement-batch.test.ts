import { expect } from 'chai';
import type pg from 'pg';
import { StatementBatch } from '../../../src/infrastructure/read-models/postgres/statement-batch.js';

const one = { name: 'one', text: 'select 1' };
const many = { name: 'many', text: 'select 2' };

describe('a batch of statements', () => {
  /** A database that only notes what it is asked. */
  const flushed = async (batch: StatementBatch): Promise<[string, unknown][]> => {
    const asked: [string, unknown][] = [];
    const client = {
      query: (statement: { name: string; values: [string] }) => {
        asked.push([statement.name, JSON.parse(statement.values[0])]);
        return Promise.resolve({ rows: [] });
      },
    };
    await batch.flush(client as unknown as pg.ClientBase);
    return asked;
  };

  // 40 users who were added to a group cost a round trip each, and whoever wrote behind them waited for all of them.
  it('hands rows that come one after another to their statement together, and keeps the order of statements', async () => {
    const batch = new StatementBatch();
    batch.addRow(many, { n: 1 });
    batch.addRow(many, { n: 2 });
    batch.add(one, { n: 3 });
    batch.addRow(many, { n: 4 });
    batch.add(one, { n: 5 });
    batch.add(one, { n: 6 });
    expect(await flushed(batch)).to.deep.equal([
      ['many', [{ n: 1 }, { n: 2 }]],
      ['one', { n: 3 }],
      ['many', [{ n: 4 }]],
      ['one', { n: 5 }],
      ['one', { n: 6 }],
    ]);
  });

  it('forgets what is settled, and says so when it was committed', async () => {
    let committed = 0;
    const batch = new StatementBatch(() => (committed += 1));
    batch.settle(true);
    batch.add(one, {});
    batch.settle(false);
    expect([await flushed(batch), committed]).to.deep.equal([[], 0]);
    batch.addRow(many, {});
    batch.settle(true);
    expect([await flushed(batch), committed]).to.deep.equal([[], 1]);
  });
});
