import { expect } from 'chai';
import { StartPhases } from '../../../src/infrastructure/observability/start-phases.js';

describe('The phases of a start', () => {
  it('are under way until the last one has ended', () => {
    const phases = new StartPhases(new AbortController().signal);
    phases.end('database');
    expect(phases.areUnderWay).to.equal(true);
    phases.endLast('interfaces');
    expect(phases.areUnderWay).to.equal(false);
    expect(Object.keys(phases.milliseconds)).to.deep.equal(['database', 'interfaces']);
  });

  it('are not under way once the start is to end, and the next one ends it', () => {
    const ending = new AbortController();
    const phases = new StartPhases(ending.signal);
    ending.abort(new Error('asked to stop'));
    expect(phases.areUnderWay).to.equal(false);
    expect(() => phases.end('database')).to.throw('asked to stop');
  });
});
