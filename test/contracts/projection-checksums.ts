import { expect } from 'chai';
import { GenerationGoneError } from '../../src/application/ports/projection-store.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import { numbersProjection } from '../support/numbers-projection.js';
import { batchUpTo, failureOf, taken, type GetEngine } from './projection-steps.js';

const NEVER = new AbortController().signal;

/** Tests that what a generation holds is summed up. */
export const describeChecksums = (engine: GetEngine): void => {
  /** Fills the generation in use in batches that end at these positions. */
  const fill = async (...ends: number[]) => {
    const store = await taken(engine().generations());
    for (const [n, to] of ends.entries()) await store.apply(batchUpTo(ends[n - 1] ?? 0, to));
    await store.release();
  };
  const checksum = () => engine().generations().checksum();

  it('tells how far the generation has come, and how much it holds', async () => {
    expect(await checksum()).to.deep.include({ position: LOG_START, rows: 0 });
    await fill(5);
    const { position, rows, sha256, tables } = await checksum();
    expect({ position, rows, names: tables.map(({ table }) => table) }).to.deep.equal({
      ...{ position: '5', rows: 4, names: ['numbers'] },
    });
    expect([sha256, tables[0]?.sha256].every((each) => /^[0-9a-f]{64}$/.test(each ?? ''))).to.equal(true);
  });

  it('is the same for the same rows, however they came there, and another for others', async () => {
    await fill(2, 5, 7);
    const before = await checksum();
    const told: string[] = [];
    await engine()
      .generations()
      .inTurn(NEVER, async (next) => {
        await next.begin();
        const store = next.open();
        await store.acquire();
        await store.apply(batchUpTo(0, 7));
        expect(await next.checksum((name) => told.push(name))).to.deep.equal(before);
        await store.apply(batchUpTo(7, 8));
        const { sha256, rows } = await next.checksum();
        expect(rows).to.equal(before.rows + 1);
        expect(sha256).not.to.equal(before.sha256);
        await store.release();
      });
    expect(told).to.deep.equal(['numbers']);
    await engine().tamper('remove', 2);
    expect((await checksum()).sha256).not.to.equal(before.sha256);
    await engine().tamper('add', 2);
    expect(await checksum(), 'with a row at another place').to.deep.equal(before);
    await engine().tamper('remove', 2);
    await engine().tamper('add', 77);
    expect(await checksum(), 'with another row').to.deep.include({ rows: before.rows, position: before.position });
    expect((await checksum()).sha256).not.to.equal(before.sha256);
  });

  it('lets the projection go on afterwards', async () => {
    await fill(2);
    const store = await taken(engine().generations());
    const [sums] = await Promise.all([checksum(), checksum()]);
    await store.apply(batchUpTo(2, 4));
    await store.release();
    expect([sums.position, (await checksum()).position]).to.deep.equal(['2', '4']);
  });

  it('is refused where there are no tables', async () => {
    const others = engine().generations({ ...numbersProjection, name: 'others' });
    expect(await failureOf(others.checksum())).to.be.instanceOf(GenerationGoneError);
    const begun = engine()
      .generations()
      .inTurn(NEVER, (next) => next.checksum());
    expect(await failureOf(begun)).to.be.instanceOf(GenerationGoneError);
  });
};
