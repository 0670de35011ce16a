import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { AnnouncedProgress } from '../../../src/application/projections/announced-progress.js';
import { positionOf } from '../../support/ids.js';

const LONG_MS = 30_000;
const FOR_EVER_MS = 2 ** 30;
const SOME_LOOK_UPS_MS = 300;

/** A look-up that was started and that the test answers. */
interface LookUp {
  readonly projection: string;
  readonly position: Position;
  answer(reached: Position | null): void;
}

// Every query that waited for a read model asked the database for itself, twenty times a second, whether the last
// answer had come or not: while a projection was behind, the waiting queries took the connections that it needed.
describe('Waiting for a projection of another node', () => {
  const scene = () => {
    const asked: LookUp[] = [];
    const askers: ((lookUp: LookUp) => void)[] = [];
    const progress = new AnnouncedProgress(
      (projection, position) =>
        new Promise((answer) => {
          const lookUp = { projection, position, answer };
          asked.push(lookUp);
          askers.shift()?.(lookUp);
        }),
    );
    const nextLookUp = () => new Promise<LookUp>((resolve) => askers.push(resolve));
    const wait = (position: number, timeoutMs = LONG_MS) => progress.waitFor('users', positionOf(position), timeoutMs);
    return { asked, nextLookUp, wait };
  };

  it('asks the database once for all who wait, and not again before the answer has come', async () => {
    const { asked, nextLookUp, wait } = scene();
    const asking = nextLookUp();
    const waits = [5, 7, 9].map((position) => wait(position));
    const first = await asking;
    expect(first).to.include({ projection: 'users', position: '9' });
    expect(await wait(8, SOME_LOOK_UPS_MS)).to.equal(false);
    expect(asked).to.have.length(1);
    const askingAgain = nextLookUp();
    first.answer(positionOf(7));
    expect(await Promise.all(waits.slice(0, 2))).to.deep.equal([true, true]);
    const second = await askingAgain;
    expect(second.position).to.equal('9');
    second.answer(positionOf(9));
    expect(await waits[2]).to.equal(true);
    expect(asked).to.have.length(2);
  });

  it('goes on asking after a look-up that found nothing', async () => {
    const { nextLookUp, wait } = scene();
    const asking = nextLookUp();
    const waiting = wait(5);
    const askingAgain = nextLookUp();
    (await asking).answer(null);
    (await askingAgain).answer(positionOf(5));
    expect(await waiting).to.equal(true);
  });
});

describe('The progress of projections', () => {
  const scene = (reached: Position | null = null) => {
    const asked: Position[] = [];
    const progress = new AnnouncedProgress(async (_, position) => {
      asked.push(position);
      return reached;
    });
    const told: string[] = [];
    const stop = progress.onAdvance('users', (position) => told.push(position));
    return { progress, asked, told, stop };
  };

  it('is announced as it grows, and never backwards', () => {
    const { progress, told, stop } = scene();
    expect(progress.of('users')).to.equal('0');
    for (const position of [0, 5, 3, 5, 9]) progress.announce('users', positionOf(position));
    progress.announce('messages', positionOf(11));
    stop();
    progress.announce('users', positionOf(12));
    expect(told).to.deep.equal(['0', '5', '9']);
    expect([progress.of('users'), progress.of('messages')]).to.deep.equal(['12', '11']);
  });

  it('is what the database says, if that is further', async () => {
    const { progress, told } = scene(positionOf(7));
    await progress.lookUp('users', positionOf(8));
    progress.announce('users', positionOf(9));
    await progress.lookUp('users', positionOf(10));
    expect(told).to.deep.equal(['7', '9']);
  });

  it('is not known of a projection that the database does not know', async () => {
    const { progress, told } = scene();
    await progress.lookUp('users', positionOf(8));
    expect(told).to.deep.equal([]);
  });

  // A crash of the database took the last changes of the read models back, and queries did not wait for them.
  it('is looked up anew once it was forgotten, as it may be less than what was announced', async () => {
    const { progress, asked } = scene(positionOf(3));
    progress.announce('users', positionOf(5));
    progress.forget();
    expect(progress.of('users')).to.equal('0');
    expect(await progress.waitFor('users', positionOf(3), LONG_MS)).to.equal(true);
    expect([asked, progress.of('users')]).to.deep.equal([['3'], '3']);
  });

  it('is recalled where it was forgotten, and only there', async () => {
    const { progress, asked } = scene(positionOf(3));
    progress.announce('users', positionOf(2));
    await progress.recall('users', positionOf(5));
    expect(asked).to.deep.equal([]);
    progress.forget();
    await progress.recall('users', positionOf(5));
    expect([asked, progress.of('users')]).to.deep.equal([['5'], '3']);
  });

  it('is not what was looked up before it was forgotten', async () => {
    let answer = (_: Position): void => undefined;
    const progress = new AnnouncedProgress(() => new Promise((resolve) => (answer = resolve)));
    const looking = progress.lookUp('users', positionOf(5));
    progress.forget();
    answer(positionOf(5));
    await looking;
    expect(progress.of('users')).to.equal('0');
  });

  it('is not what a runner was applying while it was forgotten, but what it applies from then on', () => {
    const { progress, told } = scene();
    const announce = progress.announcerOf('users');
    announce(positionOf(4));
    progress.forget();
    announce(positionOf(5));
    expect([told, progress.of('users')]).to.deep.equal([['4'], '0']);
    announce(positionOf(3));
    expect([told, progress.of('users')]).to.deep.equal([['4', '3'], '3']);
  });

  it('is waited for by nobody who asks for less', async () => {
    const { progress, asked } = scene();
    progress.announce('users', positionOf(5));
    expect(await progress.waitFor('users', positionOf(5), 0)).to.equal(true);
    expect(asked).to.deep.equal([]);
  });

  it('shows with the first announcement that the projection runs', async () => {
    const { progress } = scene();
    const order: string[] = [];
    const waiting = progress.untilRunning('users').then(() => order.push('running'));
    progress.announce('messages', positionOf(5));
    await new Promise((resolve) => setImmediate(resolve));
    order.push('announced');
    progress.announce('users', positionOf(0));
    await waiting;
    await progress.untilRunning('users');
    expect(order).to.deep.equal(['announced', 'running']);
  });
});

describe('The pause of a projection', () => {
  const ending = new AbortController();
  const progress = () => new AnnouncedProgress(() => new Promise(() => undefined));
  const rest = (of: AnnouncedProgress, milliseconds = FOR_EVER_MS) => of.rest('users', milliseconds, ending.signal);

  it('ends by its time', () => rest(progress(), 1));

  it('ends once somebody waits for the projection, and for no other', async () => {
    const asked = progress();
    const resting = rest(asked).then(() => 'over');
    void asked.waitFor('messages', positionOf(1), LONG_MS);
    expect(await Promise.race([resting, new Promise((resolve) => setImmediate(resolve, 'not yet'))])).to.equal(
      'not yet',
    );
    void asked.waitFor('users', positionOf(1), LONG_MS);
    expect(await resting).to.equal('over');
    asked.announce('users', positionOf(1));
    asked.announce('messages', positionOf(1));
  });

  it('is left out while somebody waits', async () => {
    const asked = progress();
    const waiting = asked.waitFor('users', positionOf(2), LONG_MS);
    asked.announce('users', positionOf(1));
    await rest(asked);
    asked.announce('users', positionOf(2));
    expect(await waiting).to.equal(true);
  });

  it('ends by the signal, and does not begin behind it', async () => {
    const resting = rest(progress());
    ending.abort();
    await resting;
    await rest(progress());
  });
});

describe('A projection that cannot be read before it is rebuilt', () => {
  it('is running no more, whatever others announce, until it is readable and announced', async () => {
    const progress = new AnnouncedProgress(() => Promise.resolve(null));
    progress.announce('users', positionOf(7));
    await progress.untilRunning('users');
    progress.rebuild('users', 0.5);
    expect(progress.rebuildOf('users')).to.equal(0.5);
    const told: string[] = [];
    const running = progress.untilRunning('users').then(() => told.push('running'));
    progress.announce('users', positionOf(8));
    await turn();
    told.push('readable');
    progress.readable('users');
    expect(progress.rebuildOf('users')).to.equal(undefined);
    await turn();
    told.push('announced');
    progress.announce('users', positionOf(8));
    await running;
    expect(told).to.deep.equal(['readable', 'announced', 'running']);
  });
});

describe('The revision of a projection', () => {
  const scene = () => {
    const progress = new AnnouncedProgress(() => Promise.resolve(null));
    const revised: string[] = [];
    for (const name of ['messages', 'users']) progress.onRevised(name, () => revised.push(name));
    return { progress, revised };
  };

  it('is told to those who conclude from that projection', () => {
    const { progress, revised } = scene();
    progress.announce('messages', positionOf(7));
    expect(revised).to.deep.equal([]);
    progress.revise('messages');
    expect(revised).to.deep.equal(['messages']);
    expect(progress.of('messages')).to.equal('7');
  });

  it('is supposed where it may have been missed', () => {
    const { progress, revised } = scene();
    progress.forget();
    expect(revised).to.deep.equal(['messages', 'users']);
  });
});
