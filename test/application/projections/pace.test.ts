import { expect } from 'chai';
import {
  BACKGROUND,
  cutOff,
  partBehind,
  PortionSize,
  PROMPT,
  type Applied,
} from '../../../src/application/projections/pace.js';
import { positionOf } from '../../support/ids.js';
import { batch, event } from './projection-scene.js';

const applied = (more: Partial<Applied> = {}): Applied => ({ workedMs: 100, lateMs: 0, caughtUp: false, ...more });
const BUSY = 0.41;

describe('The pace of a projection that is waited for', () => {
  it('pauses for a moment once it has caught up, and at no other time', () => {
    expect(PROMPT.pauseMs(applied(), BUSY)).to.equal(0);
    expect(PROMPT.pauseMs(applied({ caughtUp: true }), BUSY)).to.equal(10);
  });
});

describe('The pace of a projection in the background', () => {
  it('works a quarter of the time where the node has little else to do', () => {
    expect(BACKGROUND.pauseMs(applied({ lateMs: 60_000 }), 0.4)).to.equal(300);
    expect(BACKGROUND.pauseMs(applied({ caughtUp: true }), 0.4)).to.equal(300);
  });

  it('works a twenty-fifth of the time where the node is busy', () => {
    expect(BACKGROUND.pauseMs(applied({ workedMs: 20, lateMs: 60_000 }), BUSY)).to.equal(480);
    expect(BACKGROUND.pauseMs(applied({ workedMs: 20, caughtUp: true }), BUSY)).to.equal(480);
  });

  it('works half of the time when it is late, and all of it when it is too late, however busy the node is', () => {
    expect(BACKGROUND.pauseMs(applied({ lateMs: 60_001 }), BUSY)).to.equal(100);
    expect(BACKGROUND.pauseMs(applied({ lateMs: 300_000 }), BUSY)).to.equal(100);
    expect(BACKGROUND.pauseMs(applied({ lateMs: 300_001 }), BUSY)).to.equal(0);
  });

  // A pause of three times five seconds would outlast the lease, and another server would take the projection over.
  it('never pauses for more than a second, however long it worked', () => {
    expect(BACKGROUND.pauseMs(applied({ workedMs: 5_000 }), 0)).to.equal(1_000);
    expect(BACKGROUND.pauseMs(applied({ workedMs: 5_000 }), BUSY)).to.equal(1_000);
    expect(BACKGROUND.pauseMs(applied({ workedMs: 5_000, lateMs: 60_001, caughtUp: true }), 0)).to.equal(1_000);
  });

  it('lets events gather once it has caught up, however late', () => {
    expect(BACKGROUND.pauseMs(applied({ workedMs: 1, caughtUp: true }), 0)).to.equal(200);
    expect(BACKGROUND.pauseMs(applied({ workedMs: 1, caughtUp: true, lateMs: 300_001 }), 0)).to.equal(200);
  });
});

describe('The size of a portion', () => {
  it('is half of what could not be applied, and one event at least', () => {
    const size = new PortionSize(Infinity);
    size.failed(1_000);
    expect(size.events).to.equal(500);
    size.failed(7);
    expect(size.events).to.equal(3);
    size.failed(500);
    expect(size.events).to.equal(1);
    size.failed(1);
    expect(size.events).to.equal(1);
  });

  it('grows again by whole portions that were applied quickly, as far as it may', () => {
    const size = new PortionSize(50);
    size.failed(50);
    size.failed(25);
    size.applied(12, 1_001);
    size.applied(11, 0);
    expect(size.events).to.equal(12);
    size.applied(12, 1_000);
    expect(size.events).to.equal(24);
    size.applied(24, 0);
    size.applied(48, 0);
    size.applied(50, 0);
    expect(size.events).to.equal(50);
  });
});

describe('A batch that is cut', () => {
  const events = [event(1), event(3), event(4)];
  const undecodableAt = (n: number) => {
    const { data: _, ...header } = event(n);
    return { ...header, reason: 'its key is gone' };
  };

  it('is left whole where it is no larger', () => {
    const whole = batch(0, events, 5, { caughtUp: true });
    expect(cutOff(whole, 3)).to.deep.equal({ portion: whole, rest: undefined });
    expect(cutOff(batch(0, [], 5), 1)).to.deep.equal({ portion: batch(0, [], 5), rest: undefined });
  });

  it('goes on where the portion ends, and counts what was filtered behind it', () => {
    expect(cutOff(batch(0, events, 5, { caughtUp: true }), 2)).to.deep.equal({
      portion: batch(0, events.slice(0, 2), 3, { passed: 2 }),
      rest: batch(3, events.slice(2), 5, { passed: 3, caughtUp: true }),
    });
  });

  it('has what cannot be decoded in its place', () => {
    const [early, late] = [undecodableAt(2), undecodableAt(5)];
    expect(cutOff(batch(0, events, 6, { undecodable: [early, late] }), 2)).to.deep.equal({
      portion: batch(0, events.slice(0, 2), 3, { undecodable: [early] }),
      rest: batch(3, events.slice(2), 6, { undecodable: [late] }),
    });
  });

  it('has left what stands behind a position', () => {
    const [early, late] = [undecodableAt(2), undecodableAt(5)];
    const whole = batch(0, events, 6, { undecodable: [early, late], caughtUp: true });
    expect(partBehind(whole, positionOf(3))).to.deep.equal(
      batch(3, events.slice(2), 6, { undecodable: [late], caughtUp: true }),
    );
  });
});
