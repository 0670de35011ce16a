import { expect } from 'chai';
import type { EventBatch, UndecodableEvent } from '../../../src/application/ports/event-store.js';
import { LeaseLostError } from '../../../src/application/ports/projection-store.js';
import { batch, event, runScene, TransientError, type SceneParts } from './projection-scene.js';

type Failing = NonNullable<SceneParts['failsWith']>;

/** Makes the store fail on this event, whatever comes with it. */
const refusing =
  (refused: string): Failing =>
  ({ events }) =>
    events.some(({ position }) => position === refused) ? new Error('refused') : undefined;

/** Makes the first tries of the store fail, as many as this. */
const failing =
  (times: number, error: Error): Failing =>
  (_, time) =>
    time <= times ? error : undefined;

/** Answers what comes after the beginning, which is always the same, without what is told of progress. */
const run = async (parts: SceneParts): Promise<string[]> =>
  (await runScene(parts)).slice(3).filter((each) => each !== 'alive' && each !== 'releases');

describe('A projection whose store fails', () => {
  it('tries for ever, later each time, what may succeed without any change', async () => {
    const batches = [batch(0, [event(1)], 3)];
    const told = await run({ batches, failsWith: failing(9, new TransientError('busy')) });
    const waits = [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000];
    expect(told).to.deep.equal([
      ...waits.flatMap((wait) => ['fails 1 to 3', 'again: busy', `waits ${wait}`]),
      'applies 1 to 3',
      'at 3 by 1',
    ]);
  });

  // A store that could not take a batch within the time of a request was given all of it again, and never came to its end.
  it('tries with half as much each time, later each time, and with more again behind what was applied quickly', async () => {
    const batches = [
      batch(
        0,
        [1, 2, 3, 4, 5, 6, 7].map((n) => event(n)),
        9,
        { caughtUp: true },
      ),
    ];
    const told = await run({
      batches,
      failsWith: ({ events }, time) => (time < 3 || events.length > 3 ? new TransientError('slow') : undefined),
    });
    expect(told).to.deep.equal([
      ...['fails 1 2 3 4 5 6 7 to 9', 'again: slow', 'waits 50'],
      ...['fails 1 2 3 to 3', 'again: slow', 'waits 100'],
      ...['applies 1 to 1', 'at 1 by 1'],
      ...['applies 2 3 to 3', 'at 3 by 2'],
      ...['fails 4 5 6 7 to 9', 'again: slow', 'waits 50'],
      ...['applies 4 5 to 5', 'at 5 by 2'],
      ...['applies 6 7 to 9', 'at 9 by 2', 'caught up at 9'],
    ]);
  });

  it('does not grow by portions that were applied slowly', async () => {
    const batches = [batch(0, [event(1), event(2), event(3), event(4)], 4, { caughtUp: true })];
    const told = await run({ batches, portion: 4, failsWith: failing(2, new TransientError('slow')) });
    expect(told.filter((each) => /^(applies|fails)/.test(each))).to.deep.equal([
      'fails 1 2 3 4 to 4',
      'fails 1 2 to 2',
      ...[1, 2, 3, 4].map((n) => `applies ${n} to ${n}`),
    ]);
  });

  it('goes on with half as much behind what cannot be decoded', async () => {
    const undecodable = [{ ...event(2), reason: 'it is spoiled' }];
    const batches = [batch(0, [event(1), event(3), event(4)], 4, { undecodable })];
    const told = await run({
      batches,
      failsWith: ({ events }) => (events.length > 1 ? new TransientError('slow') : undefined),
    });
    expect(told.filter((each) => /^(applies|fails)/.test(each))).to.deep.equal([
      'applies 1 to 1',
      'applies (2: it is spoiled) to 2',
      'fails 3 4 to 4',
      'applies 3 to 3',
      'applies 4 to 4',
    ]);
  });

  it('parks an event alone that is refused three times, and the later ones of its stream', async () => {
    const batches = [batch(0, [event(1, 'poisoned')], 2), batch(2, [event(3), event(4, 'poisoned')], 4)];
    expect(await run({ batches, failsWith: refusing('1') })).to.deep.equal([
      'fails 1 to 2',
      'again: refused',
      'waits 50',
      'fails 1 to 2',
      'again: refused',
      'waits 100',
      'fails 1 to 2',
      'again: refused',
      'applies (1: refused) to 2',
      'parked 1: refused',
      'at 2 by 1',
      'applies 3 (4: an earlier event of its stream is parked) to 4',
      'parked 4: an earlier event of its stream is parked',
      'at 4 by 2',
    ]);
  });

  it('goes on with streams that were parked before as they were', async () => {
    const batches = [batch(0, [event(1, 'poisoned'), event(2)], 2)];
    expect(await run({ batches, parked: ['poisoned'] })).to.deep.equal([
      'applies 2 (1: an earlier event of its stream is parked) to 2',
      'parked 1: an earlier event of its stream is parked',
      'at 2 by 2',
    ]);
  });

  it('finds the one event of a batch that is to blame, and moves behind the whole batch', async () => {
    const batches = [batch(0, [event(1), event(2, 'poisoned'), event(3), event(4, 'poisoned')], 7)];
    const told = await run({ batches, failsWith: refusing('2') });
    expect(told.filter((each) => /^(applies|parked|at)/.test(each))).to.deep.equal([
      'applies 1 to 1',
      'applies (2: refused) to 2',
      'parked 2: refused',
      'applies 3 to 3',
      'applies (4: an earlier event of its stream is parked) to 4',
      'parked 4: an earlier event of its stream is parked',
      'applies to 7',
      'at 7 by 4',
    ]);
    expect(told.filter((each) => each.startsWith('fails'))).to.deep.equal([
      ...Array<string>(3).fill('fails 1 2 3 4 to 7'),
      ...Array<string>(3).fill('fails 2 to 2'),
    ]);
  });

  it('moves behind a batch once, where its last event stands at its end', async () => {
    const batches = [batch(0, [event(1), event(2)], 2)];
    const told = await run({ batches, failsWith: refusing('1') });
    expect(told.slice(-4)).to.deep.equal([
      'applies (1: refused) to 1',
      'parked 1: refused',
      'applies 2 to 2',
      'at 2 by 2',
    ]);
  });

  it('says why in words, where what was thrown is no error', async () => {
    const told = await run({ batches: [batch(0, [event(1)], 1)], failsWith: failing(3, 'just text' as never) });
    expect(told).to.include('parked 1: just text');
  });

  it('tries no more when another node has taken over while it looks for the event that is to blame', async () => {
    const batches = [batch(0, [event(1), event(2)], 2)];
    const told = await run({
      batches,
      failsWith: (_, time) =>
        [new Error('refused'), new Error('refused'), new Error('refused'), new LeaseLostError('lost')][time - 1],
    });
    expect(told.slice(8, 11)).to.deep.equal(['fails 1 to 1', 'again: lost', 'waits 1000']);
    expect(told.slice(-2)).to.deep.equal(['applies 1 2 to 2', 'at 2 by 2']);
  });

  // A batch held an event that could not be applied, so that its events were applied one by one. The server was stopped
  // in the middle: the rest was left out, and the checkpoint moved over it nevertheless. Nothing was parked, and nobody
  // was told.
  it('leaves its checkpoint behind the last event that was applied when the signal ends it', async () => {
    const told = await runScene({
      batches: [batch(0, [event(1), event(2), event(3)], 3)],
      failsWith: refusing('2'),
      // There are two waits for the batch, and then the first for the event alone.
      onWait: (n, end) => {
        if (n === 3) end();
      },
    });
    expect(told.slice(-5)).to.deep.equal(['applies 1 to 1', 'fails 2 to 2', 'again: refused', 'waits 50', 'releases']);
  });

  it('reports no failure that came because the signal ended it', async () => {
    const told = await runScene({
      batches: [batch(0, [event(1)], 1)],
      failsWith: failing(1, new TransientError('busy')),
      onWait: (_, end) => end(),
    });
    expect(told.slice(3)).to.deep.equal(['fails 1 to 1', 'again: busy', 'waits 50', 'releases']);
  });
});

describe('A projection that is given what cannot be decoded', () => {
  const undecodable = (n: number, stream?: string): UndecodableEvent => ({
    ...event(n, stream),
    reason: 'it is spoiled',
  });
  const mixed = (rest: Partial<EventBatch>, to = 6) => batch(0, [event(1), event(3), event(5, 'spoiled')], to, rest);

  it('parks it in its place in the order, and the later ones of its stream', async () => {
    const batches = [mixed({ undecodable: [undecodable(2), undecodable(4, 'spoiled')] })];
    expect(await run({ batches })).to.deep.equal([
      'applies 1 to 1',
      'applies (2: it is spoiled) to 2',
      'parked 2: it is spoiled',
      'applies 3 to 3',
      'applies (4: it is spoiled) to 4',
      'parked 4: it is spoiled',
      'applies (5: an earlier event of its stream is parked) to 6',
      'parked 5: an earlier event of its stream is parked',
      'at 6 by 3',
    ]);
  });

  it('parks several at once, and one at the end of a batch', async () => {
    const batches = [batch(0, [event(3)], 4, { undecodable: [undecodable(1), undecodable(2), undecodable(4)] })];
    expect((await run({ batches })).filter((each) => /^(applies|renews)/.test(each))).to.deep.equal([
      'applies (1: it is spoiled) to 1',
      'applies (2: it is spoiled) to 2',
      'applies 3 to 3',
      'applies (4: it is spoiled) to 4',
      'renews',
    ]);
  });

  it('tries to park it for ever where the store may come back, later each time', async () => {
    const batches = [batch(0, [], 1, { undecodable: [undecodable(1)] })];
    const told = await run({ batches, failsWith: failing(5, new TransientError('busy')) });
    expect(told).to.deep.equal([
      ...[50, 100, 200, 400, 800].flatMap((wait) => ['fails (1: it is spoiled) to 1', 'again: busy', `waits ${wait}`]),
      'applies (1: it is spoiled) to 1',
      'parked 1: it is spoiled',
      'renews',
      'at 1 by 0',
    ]);
  });

  it('begins anew where it cannot be parked at all', async () => {
    const batches = [batch(0, [], 1, { undecodable: [undecodable(1)] })];
    const told = await run({ batches, failsWith: failing(1, new Error('refused')) });
    expect(told.slice(0, 4)).to.deep.equal([
      'fails (1: it is spoiled) to 1',
      'again: refused',
      'waits 1000',
      'lease at 0',
    ]);
  });

  it('parks nothing more when the signal ends it', async () => {
    const told = await runScene({
      batches: [batch(0, [], 1, { undecodable: [undecodable(1)] })],
      failsWith: failing(1, new TransientError('busy')),
      onWait: (_, end) => end(),
    });
    expect(told.slice(3)).to.deep.equal(['fails (1: it is spoiled) to 1', 'again: busy', 'waits 50', 'releases']);
  });
});
