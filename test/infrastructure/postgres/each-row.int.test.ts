import { expect } from 'chai';
import type pg from 'pg';
import { eachRow } from '../../../src/infrastructure/postgres/each-row.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const NUMBERS = 'select n from generate_series(1, $1::integer) n order by n';

describe('Each row of a query', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  const squares = (count: number) =>
    eachRow(database.pool, { text: NUMBERS, values: [count] }, ({ n }: { n: number }) => n * n);

  it('is made into something, in their order', async () => {
    expect(await squares(4)).to.deep.equal([1, 4, 9, 16]);
    expect(await squares(0)).to.deep.equal([]);
  });

  // The rows of 1,000 messages were alive until the last of them was sent: the collector copied them.
  it('is not kept until the last one is there', async () => {
    let kept: number | undefined;
    const query = (asked: pg.Query) => {
      asked.once('end', ({ rows }: pg.QueryResult) => (kept = rows.length));
      return database.pool.query(asked);
    };
    await eachRow({ query } as unknown as pg.Pool, { text: NUMBERS, values: [1_000] }, () => undefined);
    expect(kept).to.equal(1);
  });

  // A database is faster than what is made of rows: 5,000 messages were made into frames in one go, for a tenth of a second.
  it('is one of 500 at most in one turn, so that others have theirs', async () => {
    let turn = 0;
    let timer = setImmediate(function count() {
      turn += 1;
      timer = setImmediate(count);
    });
    const inTurn = new Map<number, number>();
    await eachRow(database.pool, { text: NUMBERS, values: [10_000] }, () =>
      inTurn.set(turn, (inTurn.get(turn) ?? 0) + 1),
    );
    clearImmediate(timer);
    expect(Math.max(...inTurn.values())).to.equal(500);
    expect([...inTurn.values()].reduce((sum, each) => sum + each)).to.equal(10_000);
  });

  it('ends with the error of what is made of it, after which the connection is used again', async () => {
    const seen: number[] = [];
    const made = eachRow(database.pool, { text: NUMBERS, values: [10] }, ({ n }: { n: number }) => {
      seen.push(n);
      if (n === 3) throw new Error('the third');
    });
    expect(await made.catch((error: unknown) => error)).to.have.property('message', 'the third');
    expect(seen).to.deep.equal([1, 2, 3]);
    expect(await squares(2)).to.deep.equal([1, 4]);
    expect([database.pool.totalCount, database.pool.idleCount]).to.deep.equal([1, 1]);
  });

  it('ends with the error of the query', async () => {
    const divided = eachRow(database.pool, { text: 'select 1 / (n - 3) from generate_series(1, 5) n' }, () => 1);
    expect(await divided.catch((error: unknown) => error)).to.have.property('code', '22012');
  });
});
