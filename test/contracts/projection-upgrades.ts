import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { Consumers } from '../../src/application/consumers/consumers.js';
import { ProjectionRebuildingError, readYourWrites } from '../../src/application/kernel/read-your-writes.js';
import type { EventStore } from '../../src/application/ports/event-store.js';
import { UNTRACED } from '../../src/application/ports/tracing.js';
import { AnnouncedProgress } from '../../src/application/projections/announced-progress.js';
import type { Projection } from '../../src/application/projections/projector.js';
import { runProjections } from '../../src/application/projections/run-projections.js';
import { eventually } from '../support/eventually.js';
import { positionOf } from '../support/ids.js';
import { batchOf, numbersProjection, type Numbers } from '../support/numbers-projection.js';
import { ScriptedLog } from '../support/scripted-log.js';
import { batchUpTo, failureOf, numbersUpTo, taken, type GetEngine } from './projection-steps.js';

const { name, version } = numbersProjection;
/** The next version of the program, which serves the older read models as this says. */
const nextThat = (olderVersions: Projection<Numbers>['olderVersions']) => ({
  ...numbersProjection,
  version: version + 1,
  ...(olderVersions && { olderVersions }),
});
const NEVER = new AbortController().signal;
const STRAY = 77;
const LONG_MS = 60_000;

/** Tests nodes whose program is of another version than the read models. */
export const describeUpgrades = (engine: GetEngine): void => {
  let log: ScriptedLog;
  let nodes: (() => Promise<unknown>)[];
  let letGo: () => void;

  beforeEach(async () => {
    log = new ScriptedLog();
    nodes = [];
    letGo = () => undefined;
    log.put({ ...batchOf(1, 2, 3, 4), caughtUp: true });
    const store = await taken(engine().generations());
    await store.apply(batchUpTo(0, 4));
    await store.release();
    await engine().tamper('add', STRAY); // It is in the older generation, and not in the log.
  });
  afterEach(async () => {
    letGo();
    await Promise.all(nodes.map((stop) => stop()));
  });

  /** Starts a node of this program, and answers what it knows of the progress, and how it is stopped. */
  const start = async (projection: Projection<Numbers>) => {
    const ending = new AbortController();
    const told: string[] = [];
    const progress = new AnnouncedProgress(async () => null);
    const pause = (milliseconds: number, signal: AbortSignal) =>
      sleep(Math.min(milliseconds, 20), undefined, { signal }).catch(() => undefined);
    const tells = (what: string) => () => void told.push(what);
    const watching = { advanced: () => undefined, parked: () => undefined, retrying: () => undefined };
    const consumers = new Consumers({ now: () => performance.now(), sleep: pause, onFailed: tells('failed') });
    const generations = engine().generations(projection);
    const { ended } = await runProjections({
      registered: [{ projection, generations }],
      events: log as unknown as EventStore,
      progress,
      consumers,
      tracing: UNTRACED,
      observer: {
        follows: () => watching,
        rebuilds: () => {
          tells('rebuilds')();
          return watching;
        },
        isOlder: tells('is older'),
        repairs: tells('repairs'),
        missed: tells('missed'),
        repaired: tells('repaired'),
      },
      sleep: pause,
      now: Date.now,
      watchLoad: () => () => 0,
      signal: ending.signal,
    });
    const stop = async () => {
      ending.abort();
      await ended;
    };
    nodes.push(stop);
    return { progress, told, stop };
  };

  /** Keeps every node from rebuilding until it is let go. */
  const holdRebuilds = async () => {
    let holding: Promise<void> = Promise.resolve();
    await new Promise<void>((begun) => {
      const held = new Promise<void>((resolve) => (letGo = resolve));
      holding = engine()
        .generations()
        .inTurn(NEVER, () => {
          begun();
          return held;
        });
    });
    return async () => {
      letGo();
      await holding;
    };
  };
  const stands = async () => (await engine().statuses.list()).map((each) => [each.name, each.version, each.position]);
  const eventuallyStands = (used: number, position: string) =>
    eventually(stands, (all) => JSON.stringify(all) === JSON.stringify([[name, used, position]]));
  const goOn = (...positions: number[]) => log.put({ ...batchOf(...positions), caughtUp: true });

  it('has the older generation follow the log until the new one is there, then goes on with that', async function () {
    this.timeout(LONG_MS);
    const release = await holdRebuilds();
    const { progress } = await start(nextThat({ [version]: 'followed' }));
    await progress.untilRunning(name);
    goOn(5, 6);
    await readYourWrites(progress)(name, positionOf(6));
    expect(await engine().numbers()).to.deep.equal([...numbersUpTo(6), STRAY].sort((one, more) => one - more));
    await eventuallyStands(version, '6');
    await release();
    await eventuallyStands(version + 1, '6');
    goOn(7);
    await readYourWrites(progress)(name, positionOf(7));
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(7));
  });

  it('reads the older generation as it is, where its projectors cannot write it', async function () {
    this.timeout(LONG_MS);
    const release = await holdRebuilds();
    const { progress } = await start(nextThat({ [version]: 'read' }));
    await progress.untilRunning(name);
    await readYourWrites(progress)(name, positionOf(4));
    expect(await engine().numbers()).to.deep.equal([...numbersUpTo(4), STRAY]);
    goOn(5);
    await release();
    await eventuallyStands(version + 1, '5');
    await readYourWrites(progress)(name, positionOf(5));
  });

  it('answers that it is rebuilt, whatever older nodes announce, where it cannot read what is there', async function () {
    this.timeout(LONG_MS);
    const release = await holdRebuilds();
    const { progress } = await start(nextThat({ [version - 1]: 'followed' }));
    let isRunning = false;
    const running = progress.untilRunning(name).then(() => (isRunning = true));
    progress.announce(name, positionOf(4));
    expect(await failureOf(readYourWrites(progress)(name, positionOf(4)))).to.be.instanceOf(ProjectionRebuildingError);
    await sleep(0);
    expect(isRunning).to.equal(false);
    await release();
    await running;
    await readYourWrites(progress)(name, positionOf(4));
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(4));
  });

  it('is left to older nodes until it is switched, and they do not take it back', async function () {
    this.timeout(LONG_MS);
    const release = await holdRebuilds();
    const older = await start(numbersProjection);
    const newer = await start(nextThat({ [version]: 'followed' }));
    goOn(5, 6);
    for (const { progress } of [older, newer]) await progress.untilRunning(name);
    await eventuallyStands(version, '6');
    await release();
    await eventuallyStands(version + 1, '6');
    // Another one of the older version is started again in the middle of the upgrade.
    const restarted = await start(numbersProjection);
    await restarted.progress.untilRunning(name);
    goOn(7);
    await eventuallyStands(version + 1, '7');
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(7));
    expect([older.told, newer.told, restarted.told]).to.deep.equal([[], ['rebuilds'], ['is older']]);
  });

  it('is rebuilt by one of several nodes, and any of them goes on with it', async function () {
    this.timeout(LONG_MS);
    const next = nextThat({ [version]: 'followed' });
    const [one, other] = [await start(next), await start(next)];
    await eventuallyStands(version + 1, '4');
    await one.stop();
    goOn(5, 6);
    await eventuallyStands(version + 1, '6');
    await other.stop();
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(6));
  });
};
