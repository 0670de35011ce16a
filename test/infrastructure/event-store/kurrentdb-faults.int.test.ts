import { inspect } from 'node:util';
import { expect } from 'chai';
import {
  AppendTooLargeError,
  EventIdConflictError,
  EventStoreOverloadedError,
  EventStoreUnavailableError,
  type AppendBatch,
} from '../../../src/application/ports/event-store.js';
import { KurrentDbNotUsableError } from '../../../src/infrastructure/event-store/kurrentdb/connect.js';
import {
  createKurrentDbEventStore,
  type KurrentDbEventStore,
} from '../../../src/infrastructure/event-store/kurrentdb/kurrentdb-event-store.js';
import { collect, newStream } from '../../contracts/store-steps.js';
import { eventually } from '../../support/eventually.js';
import type { AppendFault } from '../../support/kurrentdb-double/faults.js';
import { KurrentDbDouble } from '../../support/kurrentdb-double/kurrentdb-double.js';
import { batchOf, followTo, HASTY, openKurrentDbScene, type KurrentDbScene } from '../../support/kurrentdb-scene.js';
import { eventNumbered, numberOf, plain, testCodec } from '../../support/test-codec.js';

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it should have failed'),
    (error: unknown) => error,
  );

describe('The event store in KurrentDB appends, at the faults of a server (the double)', () => {
  let scene: KurrentDbScene;
  let double: KurrentDbDouble;

  beforeEach(async () => {
    scene = await openKurrentDbScene();
    ({ double } = scene);
  });
  afterEach(() => scene.close());

  const numbersIn = async (store: KurrentDbEventStore, batch: AppendBatch) =>
    (await collect(store.readStream(batch.streams[0]!.streamId))).map(numberOf);

  describe('an append', () => {
    const FAULTS: readonly AppendFault[] = [
      'unavailable',
      'not leader',
      'not ready',
      'exhausted',
      'deadline after commit',
      'dropped after commit',
    ];
    for (const fault of FAULTS)
      it(`is carried out once where the server is ${fault}`, async () => {
        const store = await scene.open();
        double.faults.appends.push(fault, fault);
        const batch = batchOf();
        const { position, repeated } = await store.append(batch);
        expect(repeated).to.equal(false);
        expect(await numbersIn(store, batch)).to.deep.equal([1]);
        expect(await store.append(batch)).to.deep.equal({ position, repeated: true });
        expect(double.faults.appends).to.deep.equal([]);
      });

    /** The error was taken for one that comes again at each attempt: appends failed until the process was started anew. */
    it('goes to the node that leads now', async () => {
      const leader = await new KurrentDbDouble().start();
      const store = await scene.open();
      await store.append(batchOf());
      double.leader = leader;
      const warned: Error[] = [];
      const onWarning = (warning: Error) => warned.push(warning);
      process.on('warning', onWarning);
      const [first, ...others] = Array.from({ length: 20 }, () => batchOf());
      for (const { repeated } of await Promise.all([first!, ...others].map((batch) => store.append(batch))))
        expect(repeated).to.equal(false);
      const streams = leader.log.records.map(({ stream }) => stream);
      for (const { streams: appended } of others) expect(streams).to.include(appended[0]!.streamId);
      expect(scene.warnings.length).to.be.within(1, 20);
      await store.append(batchOf());
      expect(scene.warnings.length).to.be.at.most(20);
      process.off('warning', onWarning);
      expect(warned, 'of too many listeners').to.deep.equal([]);
      leader.stop();
    });

    it('is refused where it is larger than the server takes, and said by how much', async () => {
      const store = await scene.open();
      const large = { ...eventNumbered(1), ...plain(1, 'x'.repeat(1_100_000)) };
      const error = await failureOf(store.append(batchOf(newStream(), large)));
      expect(error).to.be.instanceOf(AppendTooLargeError);
      expect(String(error))
        .to.match(/takes 1048576 bytes at most, and was sent 1100\d{3}/)
        .and.include('MaxAppendSize');
      expect(scene.warnings).to.deep.equal([]);
      expect(await collect(store.readAll())).to.deep.equal([]);
    });

    /**
     * Where a batch writes to one stream and only looks at another one, the server takes a repeat for a conflict, and does not
     * say of what. Every message that is sent is such a batch.
     */
    it('is recognised when it is repeated with a condition on a stream that it only reads', async () => {
      const store = await scene.open();
      const read = newStream();
      await store.append(batchOf(read));
      const batch = { ...batchOf(), conditions: [{ streamId: read, expected: 0 }] };
      double.faults.appends.push('deadline after commit');
      const first = await store.append(batch);
      expect(first.repeated).to.equal(false);
      expect(await store.append(batch)).to.deep.equal({ ...first, repeated: true });
      await store.append({ streams: [{ streamId: read, expected: 0, events: [eventNumbered(2)] }] });
      expect(await store.append(batch)).to.deep.equal({ ...first, repeated: true });
    });

    it('is refused where its first time was another one, though the answer to that was lost', async () => {
      const store = await scene.open();
      const [streamId, event] = [newStream(), eventNumbered(1)];
      double.faults.appends.push('deadline after commit');
      await store.append(batchOf(streamId, event));
      const other = { ...event, data: eventNumbered(2).data };
      expect(await failureOf(store.append(batchOf(streamId, other)))).to.be.instanceOf(EventIdConflictError);
      expect(await failureOf(store.append(batchOf(newStream(), event)))).to.be.instanceOf(EventIdConflictError);
    });

    it('is refused where its first time had more events', async () => {
      const store = await scene.open();
      const [streamId, event] = [newStream(), eventNumbered(1)];
      await store.append({ streams: [{ streamId, expected: 'any', events: [event, eventNumbered(2)] }] });
      expect(await failureOf(store.append(batchOf(streamId, event)))).to.be.instanceOf(EventIdConflictError);
    });

    it('is refused when it is empty', async () => {
      const store = await scene.open();
      const empty = { streams: [{ streamId: newStream(), expected: 'any' as const, events: [] }] };
      expect(await failureOf(store.append(empty))).to.be.instanceOf(TypeError);
      expect(await failureOf(store.append({ streams: [] }))).to.be.instanceOf(TypeError);
    });

    it('fails while the server is frozen, and is recognised when it was carried out later', async () => {
      const store = await scene.open(HASTY);
      double.faults.freeze();
      const batch = batchOf();
      expect(await failureOf(store.append(batch))).to.be.instanceOf(EventStoreUnavailableError);
      double.faults.thaw();
      const patient = await scene.open();
      const { repeated } = await patient.append(batch);
      expect(repeated).to.equal(true);
      expect(await numbersIn(patient, batch)).to.deep.equal([1]);
    });

    it('fails while the server is away, and works again when it is back', async () => {
      const store = await scene.open(HASTY);
      double.stop();
      expect(await failureOf(store.append(batchOf()))).to.be.instanceOf(EventStoreUnavailableError);
      await double.start();
      const batch = batchOf();
      await eventually(
        () => store.append(batch).catch(() => undefined),
        (result) => result !== undefined,
      );
      expect(await numbersIn(await scene.open(), batch)).to.deep.equal([1]);
    });

    it('outlasts a server that is away for a while', async () => {
      const store = await scene.open();
      double.faults.unavailable = true;
      const appending = store.append(batchOf());
      await eventually(
        async () => scene.warnings.length,
        (count) => count >= 3,
      );
      double.faults.unavailable = false;
      expect((await appending).repeated).to.equal(false);
    });

    it('is not sent any more where its time went by while it waited for others', async () => {
      const store = await scene.open(HASTY);
      const streamId = newStream();
      double.faults.freeze();
      const numbers = Array.from({ length: 20 }, (_, n) => n);
      const appending = numbers.map((n) =>
        store.append({ streams: [{ streamId, expected: 'any', events: [eventNumbered(n)] }] }),
      );
      for (const append of appending) expect(await failureOf(append)).to.be.instanceOf(EventStoreUnavailableError);
      double.faults.thaw();
      const patient = await scene.open();
      const carriedOut = await eventually(
        async () => (await collect(patient.readStream(streamId))).map(numberOf),
        (found) => found.length > 0,
      );
      // Each attempt takes 500 ms, and there are 1,500 ms for all of them.
      expect(carriedOut.length).to.be.at.most(5);
    });

    it('does not overtake one to the same stream that is tried again', async () => {
      const store = await scene.open();
      const streamId = newStream();
      double.faults.appends.push('unavailable');
      const numbers = [1, 2, 3];
      await Promise.all(
        numbers.map((n) => store.append({ streams: [{ streamId, expected: 'any', events: [eventNumbered(n)] }] })),
      );
      expect((await collect(store.readStream(streamId))).map(numberOf)).to.deep.equal(numbers);
    });

    it('is refused at once where too many wait', async () => {
      const store = await scene.open({ queuedAppends: 2, appendsAtOnce: 1 });
      double.faults.freeze();
      const waiting = [store.append(batchOf()), store.append(batchOf())];
      expect(await failureOf(store.append(batchOf()))).to.be.instanceOf(EventStoreOverloadedError);
      double.faults.thaw();
      await Promise.all(waiting);
      await store.append(batchOf());
    });
  });

  describe('opening and closing', () => {
    it('refuses a server that is too old, and one that cannot append to several streams', async () => {
      double.version = '25.1.3';
      const error = await failureOf(scene.open());
      expect(error).to.be.instanceOf(KurrentDbNotUsableError);
      expect(String(error)).to.include('25.1.3').and.include('26.1 or later');
      double.version = '26.1.0';
      double.appendsRecords = false;
      expect(await failureOf(scene.open())).to.be.instanceOf(KurrentDbNotUsableError);
    });

    it('refuses an address that says nothing to the client, and does not repeat it', async () => {
      const log = { warn: () => undefined, error: () => undefined };
      for (const url of ['kurrentdb://', 'kurrentdb://ada:very-secret@host:99999999']) {
        const error = await failureOf(createKurrentDbEventStore({ url, codec: testCodec, log }));
        expect(error).to.be.instanceOf(KurrentDbNotUsableError);
        expect(inspect(error)).to.not.include('very-secret');
      }
    });

    it('waits for a server that is not ready yet', async () => {
      double.faults.failingStarts = 2;
      const store = await scene.open();
      expect((await store.append(batchOf())).repeated).to.equal(false);
      expect(double.faults.failingStarts).to.equal(0);
    });

    it('says that the server is out of reach', async () => {
      double.stop();
      expect(await failureOf(scene.open(HASTY))).to.be.instanceOf(EventStoreUnavailableError);
    });

    it('leaves no subscription and no connection open, and takes no more appends', async () => {
      const store = await scene.open();
      await followTo(store, 1, () => void store.append(batchOf()));
      await store.close();
      expect(await failureOf(store.append(batchOf()))).to.be.instanceOf(EventStoreUnavailableError);
      await double.untilNobodyIsConnected();
    });
  });
});
