import { expect } from 'chai';
import { KeyUnavailableError } from '../../../src/application/ports/event-codec.js';
import {
  BrokenSequenceError,
  GenerationGoneError,
  LeaseLostError,
} from '../../../src/application/ports/projection-store.js';
import { batch, event, runScene } from './projection-scene.js';

describe('A projection that runs', () => {
  it('takes the lease, follows behind its checkpoint, announces how far it is, and releases the lease', async () => {
    const batches = [batch(0, [event(1), event(3)], 4), batch(4, [event(5)], 5, { caughtUp: true })];
    expect(await runScene({ batches })).to.deep.equal([
      'lease at 0',
      'at 0 by 0',
      'follows ContactAdded UserErased behind 0',
      'applies 1 3 to 4',
      'at 4 by 2',
      'alive',
      'applies 5 to 5',
      'at 5 by 1',
      'alive',
      'caught up at 5',
      'releases',
    ]);
  });

  it('rests behind what it has applied, and says how long that took, how late it was, and whether it was all', async () => {
    const batches = [
      batch(0, [event(1)], 1),
      batch(1, [event(2)], 2, { caughtUp: true }),
      batch(2, [], 3, { caughtUp: true }),
    ];
    const told = await runScene({ batches, portion: Infinity });
    expect(told.filter((what) => /^(applies|caught|rests)/.test(what))).to.deep.equal([
      'applies 1 to 1',
      'rests after 3000 ms, 7000 ms late',
      'applies 2 to 2',
      'caught up at 2',
      'rests after 4000 ms, 12000 ms late, caught up',
      'caught up at 3',
    ]);
  });

  it('takes a large batch in portions, and has caught up behind the last of them alone', async () => {
    const batches = [batch(0, [event(1), event(3), event(4), event(6), event(8)], 9, { caughtUp: true })];
    const told = await runScene({ batches, portion: 2 });
    expect(told.filter((what) => /^(applies|at|caught|rests)/.test(what))).to.deep.equal([
      'at 0 by 0',
      'applies 1 3 to 3',
      'at 3 by 2',
      'rests after 3000 ms, 7000 ms late',
      'applies 4 6 to 6',
      'at 6 by 2',
      'rests after 3000 ms, 11000 ms late',
      'applies 8 to 9',
      'at 9 by 1',
      'caught up at 9',
      'rests after 4000 ms, 16000 ms late, caught up',
    ]);
  });

  it('calls only what it must of an observer that leaves out the rest', async () => {
    const batches = [batch(0, [event(1)], 1, { caughtUp: true }), batch(2, [], 3)];
    expect(await runScene({ batches, isDeaf: true, leases: ['taken'] })).to.deep.equal([
      'lease taken',
      'waits 1000',
      'lease at 0',
      'at 0 by 0',
      'follows ContactAdded UserErased behind 0',
      'applies 1 to 1',
      'at 1 by 1',
      'stops at 1: a batch begins behind position 2, but 1 was reached',
      'lease withheld',
      'waits 1000',
      'releases',
    ]);
  });

  it('lives while it is the turn of another node, and looks again every second', async () => {
    const told = await runScene({ leases: ['taken', 'taken'] });
    const turn = ['lease taken', 'alive', 'waits 1000'];
    expect(told.slice(0, 7)).to.deep.equal([...turn, ...turn, 'lease at 0']);
  });

  it('looks again in a second when taking the lease failed', async () => {
    const told = await runScene({ leases: [new Error('no connection')] });
    expect(told.slice(0, 4)).to.deep.equal([
      'lease: no connection',
      'again: no connection',
      'waits 1000',
      'lease at 0',
    ]);
  });

  it('gives another node its chance where a key is not known here', async () => {
    const told = await runScene({ leases: [new KeyUnavailableError('a key')] });
    expect(told.slice(0, 5)).to.deep.equal(['lease: a key', 'again: a key', 'releases', 'waits 5000', 'lease at 0']);
  });

  // A node whose rebuild another node had finished waited for those tables for ever, and reported that all was well.
  it('ends with an error when its tables are gone, and lets go of the lease', async () => {
    const told = await runScene({ leases: [new GenerationGoneError('gone')] });
    expect(told).to.deep.equal(['lease: gone', 'releases', 'ends: gone']);
  });

  it('moves its checkpoint over the events of others now and then, and else prolongs its lease', async () => {
    const batches = [batch(0, [], 4_999), batch(4_999, [], 5_000), batch(5_000, [], 9_999), batch(9_999, [], 15_000)];
    const told = await runScene({ batches });
    expect(told.filter((each) => /^(applies|renews)/.test(each))).to.deep.equal([
      'renews',
      'applies to 5000',
      'renews',
      'applies to 15000',
    ]);
  });

  it('begins anew where it was when another node has taken over', async () => {
    const told = await runScene({
      batches: [batch(0, [event(1)], 1), batch(1, [event(2), event(3)], 3)],
      failsWith: (_, time) => (time === 2 ? new LeaseLostError('lost') : undefined),
    });
    expect(told.slice(3)).to.deep.equal([
      'applies 1 to 1',
      'at 1 by 1',
      'alive',
      'fails 2 3 to 3',
      'again: lost',
      'waits 1000',
      'lease at 1',
      'at 1 by 0',
      'follows ContactAdded UserErased behind 1',
      'applies 2 3 to 3',
      'at 3 by 2',
      'alive',
      'releases',
    ]);
  });

  it('begins anew when its lease could not be prolonged', async () => {
    const told = await runScene({
      batches: [batch(0, [], 1)],
      renewFailsWith: new LeaseLostError('lost'),
      onWait: (n, end) => {
        if (n === 2) end();
      },
    });
    const lost = [
      'lease at 0',
      'at 0 by 0',
      'follows ContactAdded UserErased behind 0',
      'renews',
      'again: lost',
      'waits 1000',
    ];
    expect(told).to.deep.equal([...lost, ...lost, 'releases']);
  });

  describe('stops for every node, and says why', () => {
    const stop = (position: number, reason: string) => [
      `stops at ${position}: ${reason}`,
      `stopped: ${reason}`,
      'lease withheld',
      'alive',
      'waits 1000',
      'releases',
    ];

    it('when a batch begins behind what was reached', async () => {
      const told = await runScene({ batches: [batch(0, [event(1)], 1), batch(2, [event(3)], 3)] });
      expect(told.slice(6)).to.deep.equal(stop(1, 'a batch begins behind position 2, but 1 was reached'));
    });

    it('when the store finds that rows would be wrong', async () => {
      const failsWith = () => new BrokenSequenceError('a hole');
      const told = await runScene({ batches: [batch(0, [event(1), event(2)], 2)], failsWith });
      expect(told.slice(3)).to.deep.equal(['fails 1 2 to 2', ...stop(0, 'a hole')]);
    });
  });
});
