import { expect } from 'chai';
import { BACKGROUND, portionsOf, PROMPT, type Applied } from '../../../src/application/projections/pace.js';
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

describe('portionsOf', () => {
  const events = [event(1), event(3), event(4)];

  it('leaves a batch whole that is no larger', () => {
    const whole = batch(0, events, 5, { caughtUp: true });
    expect([...portionsOf(whole, 3)]).to.deep.equal([whole]);
    expect([...portionsOf(batch(0, [], 5), 3)]).to.deep.equal([batch(0, [], 5)]);
  });

  it('cuts it so that each portion begins where the one before ends', () => {
    expect([...portionsOf(batch(0, events, 5, { caughtUp: true }), 2)]).to.deep.equal([
      batch(0, events.slice(0, 2), 3),
      batch(3, events.slice(2), 5, { caughtUp: true }),
    ]);
  });

  it('leaves a batch whole in which something cannot be decoded', () => {
    const { data: _, ...header } = event(2);
    const undecodable = [{ ...header, reason: 'its key is gone' }] as never;
    const whole = batch(0, events, 5, { undecodable });
    expect([...portionsOf(whole, 1)]).to.deep.equal([whole]);
    expect(whole.position).to.equal(positionOf(5));
  });
});
