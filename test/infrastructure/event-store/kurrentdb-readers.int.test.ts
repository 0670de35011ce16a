import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { EventStoreUnavailableError, type EventFilter } from '../../../src/application/ports/event-store.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { collect, newStream } from '../../contracts/store-steps.js';
import { eventually } from '../../support/eventually.js';
import { NO_LONGER } from '../../support/kurrentdb-double/faults.js';
import type { KurrentDbDouble } from '../../support/kurrentdb-double/kurrentdb-double.js';
import { batchOf, followTo, HASTY, openKurrentDbScene, type KurrentDbScene } from '../../support/kurrentdb-scene.js';
import { eventNumbered, numberOf } from '../../support/test-codec.js';

describe('The event store in KurrentDB reads, at the faults of a server (the double)', () => {
  let scene: KurrentDbScene;
  let double: KurrentDbDouble;

  beforeEach(async () => {
    scene = await openKurrentDbScene();
    ({ double } = scene);
  });
  afterEach(() => scene.close());

  describe('reading', () => {
    it('goes on where the server refuses some reads', async () => {
      const store = await scene.open({ pageSize: 2 });
      const streamId = newStream();
      const events = Array.from({ length: 7 }, (_, n) => eventNumbered(n));
      await store.append({ streams: [{ streamId, expected: 'no stream', events }] });
      double.faults.failingReads = 2;
      expect((await collect(store.readStream(streamId))).map(numberOf)).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
      double.faults.failingReads = 2;
      expect((await collect(store.readAll())).map(numberOf)).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
    });

    it('fails while the server is frozen', async () => {
      const store = await scene.open(HASTY);
      double.faults.freeze();
      for (const read of [store.head(), collect(store.readAll()), store.heads([newStream()])])
        expect(await read.catch((error: unknown) => error)).to.be.instanceOf(EventStoreUnavailableError);
    });

    it('reads on by one event, from one that the server counts in', async () => {
      const store = await scene.open({ pageSize: 1 });
      for (const n of [1, 2, 3]) await store.append(batchOf(newStream(), eventNumbered(n)));
      const [first] = await collect(store.readAll({ limit: 1 }));
      const after = first!.position;
      expect((await collect(store.readAll({ after, limit: 1 }))).map(numberOf)).to.deep.equal([2]);
      expect((await collect(store.readAll({ after }))).map(numberOf)).to.deep.equal([2, 3]);
    });

    it('asks for no head whose time went by while it waited for others', async () => {
      const store = await scene.open({ ...HASTY, headQueries: 1 });
      double.faults.freeze();
      const asking = Array.from({ length: 20 }, () => store.heads([newStream()]).catch((error: unknown) => error));
      for (const error of await Promise.all(asking)) expect(error).to.be.instanceOf(EventStoreUnavailableError);
      // Each attempt takes 500 ms, and there are 1,500 ms for all of them.
      expect(scene.warnings.length).to.be.at.most(5);
    });

    it('shows no event of the system, and no marker', async () => {
      const store = await scene.open();
      for (let n = 0; n < 9; n += 1) await store.append(batchOf(newStream(), eventNumbered(n)));
      const types = new Set(double.log.records.map(({ type }) => type));
      expect([...types]).to.have.members(['$statsCollected', 'AppendMarker', 'RequestAccepted']);
      const numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8];
      const all = await collect(store.raw.readAll());
      expect(all.map(({ type }) => type)).to.deep.equal(numbers.map(() => 'RequestAccepted'));
      expect((await collect(store.readAll({ direction: 'backwards' }))).map(numberOf)).to.deep.equal(
        numbers.toReversed(),
      );
      expect((await followTo(store, 8)).map(numberOf)).to.deep.equal(numbers);
      expect(await store.head()).to.equal(all.at(-1)?.position);
      expect(await store.countBetween(all[0]!.position, all[8]!.position)).to.equal(8);
    });

    it('is sent what it asks for alone', async () => {
      const store = await scene.open();
      const wanted = newStream();
      const events = Array.from({ length: 40 }, (_, n) => eventNumbered(n));
      await store.append({ streams: [{ streamId: newStream(), expected: 'any', events }] });
      await store.append(batchOf(wanted, eventNumbered(7, 'SessionRefreshed')));
      const upTo = await store.head();
      const sent = async (filter: EventFilter): Promise<number> => {
        const before = double.answersSent;
        expect((await collect(store.readAll({ filter, upTo }))).map(numberOf)).to.deep.equal([7]);
        return double.answersSent - before;
      };
      expect(await sent({ types: ['SessionRefreshed'] })).to.equal(1);
      expect(await sent({ streamPrefixes: [wanted] })).to.equal(1);
    });

    it('estimates a large number of events', async () => {
      const store = await scene.open();
      for (let n = 0; n < 6; n += 1) {
        const events = Array.from({ length: 500 }, () => eventNumbered(n));
        await store.append({ streams: [{ streamId: newStream(), expected: 'any', events }] });
      }
      const head = await store.head();
      const first = (await collect(store.readAll({ limit: 1 })))[0]!.position;
      expect(await store.countBetween(first, head)).to.be.within(2_900, 3_100);
      expect(await store.countBetween(LOG_START, head)).to.be.within(2_900, 3_100);
      const before = double.answersSent;
      expect(await store.countBetween(LOG_START, await store.head()), 'of the beginning').to.be.within(2_900, 3_100);
      expect(double.answersSent - before, 'without another look at it').to.be.at.most(1);
      const half = await store.positionBefore(head, 1_500);
      expect(await collect(store.readAll({ after: half }))).to.have.length(1_500);
    });

    it('passes on the events of other programs as ones that cannot be decoded', async () => {
      const store = await scene.open();
      double.log.append(
        [
          {
            id: randomUUID(),
            stream: 'orders-1',
            type: 'OrderPlaced',
            isJson: true,
            data: Buffer.from('{}'),
            properties: {},
          },
        ],
        [],
      );
      const ending = new AbortController();
      for await (const { undecodable, events } of store.subscribe({ signal: ending.signal })) {
        expect(events).to.deep.equal([]);
        if (undecodable.length === 0) continue;
        expect(undecodable[0]).to.include({ type: 'OrderPlaced', schemaVersion: 0 });
        ending.abort();
      }
      expect(await collect(store.raw.readAll())).to.have.length(1);
    });
  });

  describe('a subscription', () => {
    const numbers = Array.from({ length: 30 }, (_, n) => n);

    it('goes on behind each loss without a hole, and without an event that comes twice', async () => {
      const store = await scene.open();
      let caughtUp = 0;
      const following = followTo(store, 29, (_, isCaughtUp) => (caughtUp += Number(isCaughtUp)));
      for (const n of numbers) {
        await store.append(batchOf(newStream(), eventNumbered(n)));
        if (n % 5 === 4) double.subscribers.drop(NO_LONGER());
        if (n % 10 === 9) double.faults.failingReads = 1;
      }
      const seen = await following;
      expect(seen.map(numberOf)).to.deep.equal(numbers);
      const [first, ...later] = double.subscribers.begun;
      expect(first).to.equal(0);
      expect(later).to.have.length.at.least(1);
      expect(Math.min(...later), 'not from the start').to.be.at.least(1);
      expect(caughtUp).to.be.at.least(1);
      expect(scene.warnings).to.include('subscription of KurrentDB ended, subscribing again');
    });

    it('is opened again when the server was away', async () => {
      const store = await scene.open();
      const following = followTo(store, 2);
      await store.append(batchOf(newStream(), eventNumbered(1)));
      double.stop();
      await double.start();
      await store.append(batchOf(newStream(), eventNumbered(2)));
      expect((await following).map(numberOf)).to.deep.equal([1, 2]);
    });

    it('is opened again when it has died in silence', async () => {
      const store = await scene.open({ quietMs: 50 });
      let isForgotten = false;
      const following = followTo(store, 29, (seen, caughtUp) => {
        if (seen === 0 || !caughtUp || isForgotten) return;
        double.subscribers.forget();
        isForgotten = true;
      });
      for (const n of numbers) await store.append(batchOf(newStream(), eventNumbered(n)));
      expect((await following).map(numberOf)).to.deep.equal(numbers);
      expect(double.subscribers.begun).to.have.length(2);
    });

    it('gives events while the log does not say where it ends', async () => {
      // The question goes on for longer than this test may take.
      const store = await scene.open({ quietMs: 50, retryForMs: 600_000 });
      await store.append(batchOf(newStream(), eventNumbered(1)));
      let caughtUp = false;
      const following = followTo(store, 2, (_, isCaughtUp) => (caughtUp ||= isCaughtUp));
      await eventually(
        async () => caughtUp,
        (isIt) => isIt,
      );
      double.faults.failingReads = Infinity;
      await eventually(
        async () => scene.warnings.length,
        (count) => count >= 2,
      );
      await store.append(batchOf(newStream(), eventNumbered(2)));
      expect((await following).map(numberOf)).to.deep.equal([1, 2]);
      expect(scene.warnings).to.not.include('subscription of KurrentDB ended, subscribing again');
    });

    it('asks a frozen server nothing when it ends', async () => {
      const store = await scene.open({ ...HASTY, quietMs: 60_000 });
      const ending = new AbortController();
      for await (const { caughtUp } of store.subscribe({ signal: ending.signal })) {
        if (!caughtUp) continue;
        double.faults.freeze();
        setImmediate(() => ending.abort());
      }
      expect(scene.warnings).to.deep.equal([]);
    });

    it('may give an event before its append is acknowledged', async () => {
      const store = await scene.open();
      let acknowledge = (): void => undefined;
      double.faults.beforeAcknowledging = new Promise((resolve) => (acknowledge = resolve));
      let isAcknowledged = false;
      const appending = store.append(batchOf()).finally(() => (isAcknowledged = true));
      const [seen] = await followTo(store, 1);
      expect(isAcknowledged).to.equal(false);
      acknowledge();
      expect((await appending).position).to.equal(seen?.position);
    });

    it('holds the server back while its consumer lags', async () => {
      const store = await scene.open({ unreadEvents: 10 });
      const events = Array.from({ length: 400 }, (_, n) => eventNumbered(n));
      await store.append({ streams: [{ streamId: newStream(), expected: 'any', events }] });
      const ending = new AbortController();
      const sizes: number[] = [];
      let last = -1;
      for await (const batch of store.subscribe({ signal: ending.signal })) {
        sizes.push(batch.events.length);
        for (const event of batch.events) expect(numberOf(event)).to.equal((last += 1));
        expect(batch.caughtUp).to.equal(last === 399);
        if (batch.caughtUp) ending.abort();
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(Math.max(...sizes)).to.be.at.most(10);
    });
  });
});
