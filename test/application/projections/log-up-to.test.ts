import { expect } from 'chai';
import type { EventBatch } from '../../../src/application/ports/event-store.js';
import { logUpTo } from '../../../src/application/projections/log-up-to.js';
import { positionOf } from '../../support/ids.js';
import { batchOf } from '../../support/numbers-projection.js';
import { recordedAt } from '../../support/recorded-event.js';

/** Answers what comes behind a position of a log of these batches that ends there. */
const read = async (to: number, after: number, ...batches: EventBatch[]) => {
  async function* subscribe() {
    yield* batches;
  }
  const found = [];
  const options = { after: positionOf(after), signal: new AbortController().signal };
  for await (const batch of logUpTo({ subscribe }, positionOf(to)).subscribe(options))
    found.push([
      batch.after,
      batch.events.map(({ position }) => position),
      batch.undecodable.map(({ position }) => position),
      batch.position,
      batch.caughtUp,
    ]);
  return found;
};

describe('A log up to a position', () => {
  it('ends there, in the middle of a batch, and has caught up', async () => {
    const spoiled = [4, 6].map((n) => ({ ...recordedAt(n), reason: 'spoiled' }));
    expect(await read(4, 0, batchOf(1, 2), { ...batchOf(3, 5, 7), undecodable: spoiled }, batchOf(8))).to.deep.equal([
      ['0', ['1', '2'], [], '2', false],
      ['2', ['3'], ['4'], '4', true],
    ]);
  });

  it('has caught up at once where it is read from behind its end', async () => {
    expect(await read(4, 6, batchOf(7))).to.deep.equal([['6', [], [], '6', true]]);
    expect(await read(4, 4, batchOf(5))).to.deep.equal([['4', [], [], '4', true]]);
  });

  it('has caught up where the log ends before', async () => {
    expect(await read(9, 0, { ...batchOf(1, 2), caughtUp: true })).to.deep.equal([['0', ['1', '2'], [], '2', true]]);
  });
});
