import { expect } from 'chai';
import type { EventBatch, SubscribeOptions } from '../../../src/application/ports/event-store.js';
import { readLogAhead } from '../../../src/application/projections/read-log-ahead.js';
import { batchOf } from '../../support/numbers-projection.js';

const page = (...positions: readonly number[]) => ({ ...batchOf(...positions), caughtUp: false });
const newest = (...positions: readonly number[]) => ({ ...batchOf(...positions), caughtUp: true });

describe('A subscription that reads ahead', () => {
  let ending: AbortController;
  let asked: number;
  let isClosed: boolean;
  beforeEach(() => {
    ending = new AbortController();
    [asked, isClosed] = [0, false];
  });

  /** Makes a log that yields these batches, one each time it is asked, and raises those that are errors. */
  const logOf = (...batches: readonly (EventBatch | Error)[]) => ({
    subscribe: async function* ({ signal }: SubscribeOptions) {
      try {
        for (const batch of batches) {
          if (signal.aborted) return;
          asked += 1;
          if (batch instanceof Error) throw batch;
          yield batch;
        }
      } finally {
        isClosed = true;
      }
    },
  });
  const subscribe = (...batches: readonly (EventBatch | Error)[]) =>
    readLogAhead(logOf(...batches))({ signal: ending.signal })[Symbol.asyncIterator]();
  /** Resolves once everything that can go on without its consumer has gone on. */
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('hands over each batch in its order', async () => {
    const batches = [page(1, 2), page(3), newest(4), newest(5)];
    const seen: EventBatch[] = [];
    for await (const batch of readLogAhead(logOf(...batches))({ signal: ending.signal })) seen.push(batch);
    expect(seen).to.deep.equal(batches);
  });

  it('asks for the next batch while one is applied, and for one alone', async () => {
    const batches = subscribe(page(1), page(2), page(3));
    await batches.next();
    await settled();
    expect(asked).to.equal(2);
  });

  it('tells of each batch that it has read ahead, while the one before is applied', async () => {
    const told: string[] = [];
    const log = logOf(page(1), page(2), newest(3), newest(4));
    const batches = readLogAhead(log, ({ position }) => void told.push(position))({ signal: ending.signal });
    await batches.next();
    await settled();
    expect(told).to.deep.equal(['2']);
    for (let n = 0; n < 3; n += 1) await batches.next();
    await settled();
    expect(told).to.deep.equal(['2', '3']);
  });

  it('tells of nothing once it is ended', async () => {
    const told: string[] = [];
    const late = async function* () {
      yield page(1);
      await settled();
      yield page(2);
    };
    const tell = ({ position }: EventBatch) => void told.push(position);
    const batches = readLogAhead({ subscribe: late }, tell)({ signal: ending.signal });
    await batches.next();
    ending.abort();
    await batches.next();
    expect(told).to.deep.equal([]);
  });

  it('goes on where what it tells fails', async () => {
    const untaken: unknown[] = [];
    const note = (reason: unknown) => void untaken.push(reason);
    process.on('unhandledRejection', note);
    const tell = () => {
      throw new Error('not now');
    };
    const positions: string[] = [];
    for await (const { position } of readLogAhead(logOf(page(1), page(2), newest(3)), tell)({ signal: ending.signal }))
      positions.push(position);
    await settled();
    process.off('unhandledRejection', note);
    expect([positions, untaken]).to.deep.equal([['1', '2', '3'], []]);
  });

  it('asks for nothing ahead where the end of the log is reached', async () => {
    const batches = subscribe(newest(1), newest(2));
    await batches.next();
    await settled();
    expect(asked).to.equal(1);
  });

  it('hands over nothing that it has read ahead once it is ended', async () => {
    const batches = subscribe(page(1), page(2));
    await batches.next();
    await settled();
    ending.abort();
    expect([(await batches.next()).done, isClosed]).to.deep.equal([true, true]);
  });

  it('reads no further once it is ended, though what it reads from would go on', async () => {
    const endless = async function* () {
      for (;;) {
        asked += 1;
        await settled();
        yield page(asked);
      }
    };
    const batches = readLogAhead({ subscribe: endless })({ signal: ending.signal });
    const first = batches.next();
    ending.abort();
    expect([(await first).done, asked]).to.deep.equal([true, 1]);
  });

  it('raises what fails ahead once what came before is applied', async () => {
    const batches = subscribe(page(1), new Error('no key'));
    expect((await batches.next()).done).to.equal(false);
    await settled();
    const failure = await batches.next().catch((error: unknown) => error);
    expect([String(failure), isClosed]).to.deep.equal(['Error: no key', true]);
  });

  it('closes what it reads from when its consumer leaves', async () => {
    for await (const batch of readLogAhead(logOf(page(1), page(2), page(3)))({ signal: ending.signal })) {
      expect(batch.position).to.equal('1');
      break;
    }
    expect(isClosed).to.equal(true);
  });

  it('leaves no failure without somebody who takes it, where its consumer has not come to it yet', async () => {
    const untaken: unknown[] = [];
    const note = (reason: unknown) => void untaken.push(reason);
    process.on('unhandledRejection', note);
    const batches = subscribe(page(1), new Error('no key'));
    await batches.next();
    await settled();
    await batches.return(undefined);
    process.off('unhandledRejection', note);
    expect(untaken).to.deep.equal([]);
  });
});
