import { expect } from 'chai';
import {
  ConcurrencyError,
  EventStoreUnavailableError,
  type AppendBatch,
  type ExpectedRevision,
} from '../../../src/application/ports/event-store.js';
import type { StreamId } from '../../../src/domain/kernel/ids.js';
import type { KurrentDbEventStore } from '../../../src/infrastructure/event-store/kurrentdb/kurrentdb-event-store.js';
import { collect, newStream } from '../../contracts/store-steps.js';
import type { KurrentDbDouble } from '../../support/kurrentdb-double/kurrentdb-double.js';
import { batchOf, openKurrentDbScene, type KurrentDbScene } from '../../support/kurrentdb-scene.js';
import { eventNumbered, numberOf } from '../../support/test-codec.js';

/**
 * An append was sent, its time passed, and it was sent again. The second attempt was refused over a stream that was not there yet,
 * and its caller was told so; then the stream came, and with it the first attempt out of a queue: the refused message was in the log.
 */
describe('An append to KurrentDB whose earlier attempt comes late (the double)', () => {
  let scene: KurrentDbScene;
  let double: KurrentDbDouble;
  let store: KurrentDbEventStore;
  let condition: StreamId;

  beforeEach(async () => {
    scene = await openKurrentDbScene();
    ({ double } = scene);
    store = await scene.open();
    condition = newStream();
  });
  afterEach(() => scene.close());

  const numbersIn = async (streamId: StreamId) => (await collect(store.readStream(streamId))).map(numberOf);
  const onCondition = (expected: ExpectedRevision): AppendBatch => ({
    ...batchOf(newStream(), eventNumbered(7)),
    conditions: [{ streamId: condition, expected }],
  });
  const streamOf = ({ streams: [stream] }: AppendBatch): StreamId => stream!.streamId;
  const meetCondition = () => store.append(batchOf(condition));
  const carryOutLate = (): void => {
    expect(double.faults.late).to.have.length.at.least(1);
    for (const carryOut of double.faults.late.splice(0)) carryOut();
  };
  const failureOf = (batch: AppendBatch): Promise<unknown> =>
    store.append(batch).then(
      () => expect.fail('it should have been refused'),
      (error: unknown) => error,
    );

  const EXPECTED: readonly ExpectedRevision[] = ['stream exists', 0];
  for (const expected of EXPECTED)
    it(`stays refused, though what it asks for comes true: a stream at "${expected}"`, async () => {
      const batch = onCondition(expected);
      double.faults.appends.push('late');
      const error = await failureOf(batch);
      expect(error).to.be.instanceOf(ConcurrencyError).and.include({ streamId: condition, actual: 'no stream' });
      await meetCondition();
      carryOutLate();
      expect(await numbersIn(streamOf(batch))).to.deep.equal([]);
    });

  it('is carried out when it is asked for again, once', async () => {
    const batch = onCondition('stream exists');
    double.faults.appends.push('late');
    await failureOf(batch);
    await failureOf(batch);
    await meetCondition();
    carryOutLate();
    const first = await store.append(batch);
    expect(first.repeated).to.equal(false);
    expect(await store.append(batch)).to.deep.equal({ ...first, repeated: true });
    expect(await numbersIn(streamOf(batch))).to.deep.equal([7]);
    expect((await collect(store.readAll())).map(numberOf)).to.deep.equal([1, 7]);
  });

  it('is not refused while it is not certain that the earlier one cannot come any more', async () => {
    store = await scene.open({ retryForMs: 1_500 });
    const batch = onCondition('stream exists');
    // The first attempt is late; the second one is refused, and so is each fence from then on that would hold the first one back.
    double.faults.appends.push('late', undefined, ...Array.from({ length: 40 }, () => 'unavailable' as const));
    expect(await failureOf(batch)).to.be.instanceOf(EventStoreUnavailableError);
    double.faults.appends.splice(0);
    await meetCondition();
    carryOutLate();
    expect(await store.append(batch)).to.include({ repeated: true });
    expect(await numbersIn(streamOf(batch))).to.deep.equal([7]);
  });

  it('is answered as carried out where the earlier one comes before its fence', async () => {
    const batch = onCondition('stream exists');
    double.faults.appends.push('late', undefined, () => {
      double.log.append([{ ...double.log.records[0]!, stream: condition, id: newStream(), type: 'Other' }], []);
      carryOutLate();
    });
    expect(await store.append(batch)).to.include({ repeated: false });
    expect(await numbersIn(streamOf(batch))).to.deep.equal([7]);
  });

  it('is refused without a fence over a stream that has gone further: no attempt can be carried out any more', async () => {
    await meetCondition();
    const batch = onCondition('no stream');
    double.faults.appends.push('late');
    expect(await failureOf(batch)).to.be.instanceOf(ConcurrencyError);
    const before = double.log.records.length;
    carryOutLate();
    expect(await numbersIn(streamOf(batch))).to.deep.equal([]);
    expect(double.log.records).to.have.length(before);
    expect(double.log.records.filter(({ type }) => type === 'AppendMarker')).to.have.length(1);
  });

  it('shows no fence to readers', async () => {
    await failureOf(onCondition('stream exists'));
    expect(double.log.records.map(({ type }) => type)).to.include('AppendMarker');
    expect(await collect(store.raw.readAll())).to.deep.equal([]);
    expect(await store.head()).to.equal('0');
  });

  it('sends nothing more once it was given up, whatever it meets', async () => {
    store = await scene.open({ answerWithinMs: 1_000 });
    const batch = onCondition('stream exists');
    let answer = (): void => undefined;
    double.faults.beforeAcknowledging = new Promise((resolve) => (answer = resolve));
    // The first attempt is refused, and its answer held back until the second one has been refused behind a fence.
    double.faults.appends.push(() => setImmediate(() => (double.faults.beforeAcknowledging = undefined)));
    expect(await failureOf(batch)).to.be.instanceOf(ConcurrencyError);
    await meetCondition();
    answer();
    // What it might still send would be there by then.
    for (let n = 0; n < 10; n += 1) {
      const other = batchOf();
      await store.append(other);
      expect(await numbersIn(streamOf(other))).to.deep.equal([1]);
    }
    expect(await numbersIn(streamOf(batch))).to.deep.equal([]);
  });
});
