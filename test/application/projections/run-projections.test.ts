import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Consumers } from '../../../src/application/consumers/consumers.js';
import { AnnouncedProgress } from '../../../src/application/projections/announced-progress.js';
import { UNTRACED } from '../../../src/application/ports/tracing.js';
import { runProjections } from '../../../src/application/projections/run-projections.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { eventually } from '../../support/eventually.js';
import { openMemoryEngine } from '../../support/memory-engine.js';
import { numbersProjection } from '../../support/numbers-projection.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';

const noop = () => undefined;
const follows = () => ({ advanced: noop, parked: noop, retrying: noop });
const observer = { follows, rebuilds: follows, isOlder: noop, repairs: noop, missed: noop, repaired: noop };
const wait = (milliseconds: number, signal: AbortSignal) =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined); // the signal ends it

describe('runProjections', () => {
  const ending = new AbortController();
  let ended: Promise<unknown> = Promise.resolve();

  after(async () => {
    ending.abort();
    await ended;
  });

  it('says what is missed of a projection that is behind, and tells its pace how busy the node was in the pause before', async () => {
    const told: number[] = [];
    const pauseMs = (_: unknown, busy: number) => {
      told.push(busy);
      return 1;
    };
    const events = createMemoryEventStore(testCodec);
    for (const n of [1, 2, 3])
      await events.append({
        streams: [{ streamId: streamOf('test', `s${n}`), expected: 'any', events: [eventNumbered(n)] }],
      });
    const loads = [0.25, 0.75];
    const engine = await openMemoryEngine();
    const projection = { ...numbersProjection, pace: { portion: 1, pauseMs, missed: 'the newest numbers' } };
    const consumers = new Consumers({ now: performance.now.bind(performance), sleep: wait, onFailed: noop });
    ({ ended } = await runProjections({
      tracing: UNTRACED,
      registered: [{ projection, generations: engine.generations(projection) }],
      events,
      progress: new AnnouncedProgress(async () => null),
      consumers,
      observer,
      sleep: wait,
      now: Date.now,
      watchLoad: () => () => loads.shift() ?? 1,
      signal: ending.signal,
    }));
    await eventually(
      async () => told,
      ({ length }) => length === 3,
    );
    expect(told).to.deep.equal([0, 0.25, 0.75]);
    expect(await engine.numbers()).to.deep.equal([1, 2, 3]);
    expect(consumers.all.map(({ missed }) => missed)).to.deep.equal(['the newest numbers']);
  });
});
