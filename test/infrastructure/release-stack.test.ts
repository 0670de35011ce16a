import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { ReleaseStack } from '../../src/infrastructure/release-stack.js';

const never = () => new Promise<never>(() => undefined);
const PLENTY_MS = 60_000;

describe('What is acquired', () => {
  const released: string[] = [];
  const failed: string[] = [];
  let releases: ReleaseStack;

  beforeEach(() => {
    released.length = failed.length = 0;
    releases = new ReleaseStack((name, error) => failed.push(`${name}: ${(error as Error).message}`));
  });
  const own = (name: string, release: () => unknown = () => released.push(name)) => releases.own(name, name, release);

  it('is released in reverse order, each behind the one before it', async () => {
    own('first');
    own('second', async () => {
      await Promise.resolve();
      released.push('second');
    });
    own('third');
    expect(await releases.releaseAll(PLENTY_MS)).to.equal(true);
    expect(released).to.deep.equal(['third', 'second', 'first']);
  });

  it('is released though another fails, at once or later, and the failures are reported', async () => {
    own('first');
    own('rejects', () => Promise.reject(new Error('later')));
    own('throws', () => {
      throw new Error('at once');
    });
    expect(await releases.releaseAll(PLENTY_MS)).to.equal(false);
    expect({ released, failed }).to.deep.equal({ released: ['first'], failed: ['throws: at once', 'rejects: later'] });
  });

  // A command that never ended kept a server from ending: nothing bounded the wait for it.
  it('is released though others hang, each of which is reported, and the whole ends', async () => {
    own('first');
    own('hangs', never);
    own('second');
    own('hangs too', never);
    expect(await releases.releaseAll(60)).to.equal(false);
    expect(released).to.deep.equal(['second', 'first']);
    expect(failed.map((line) => line.split(':')[0])).to.deep.equal(['hangs too', 'hangs']);
    expect(failed[0]).to.match(/^hangs too: not released within \d+ ms$/);
  });

  // A timer that is left running keeps a process alive after its work is done.
  it('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    await nextTurn(); // mocha has set its own timer by now
    const before = timers();
    own('first');
    await releases.releaseAll(PLENTY_MS);
    expect(timers()).to.equal(before);
  });

  it('is given the time that its release may take: half of what is left, the last all of it', async () => {
    const told: number[] = [];
    for (const name of ['last', 'middle', 'first'])
      releases.own(name, name, (_, withinMs) => told.push(Math.round(withinMs / 1e8)));
    await releases.releaseAll(2e9);
    expect(told).to.deep.equal([10, 10, 20]);
  });

  it('is released once', async () => {
    own('first');
    await Promise.all([releases.releaseAll(PLENTY_MS), releases.releaseAll(PLENTY_MS)]);
    await releases.releaseAll(PLENTY_MS);
    expect(released).to.deep.equal(['first']);
  });
});
