import { expect } from 'chai';
import { durationText, rebuildPace } from '../../../src/interfaces/cli/rebuild-pace.js';

const progress = (passed: number, total = 10_000) => ({ passed, total, share: passed / total, events: 0 });

describe('the pace of a rebuild', () => {
  it('is how far it has come, how fast it is, and how long it takes still', () => {
    let now = 0;
    const paceOf = rebuildPace(() => now);
    expect(paceOf(progress(2_000))).to.equal('2,000 of 10,000 events (20 %)');
    now = 100;
    expect(paceOf(progress(2_100)), 'too soon for a rate').to.equal('2,100 of 10,000 events (21 %)');
    now = 2_000;
    expect(paceOf(progress(4_000)), 'without what was there').to.equal(
      '4,000 of 10,000 events (40 %), 1,000/s, 6 s left',
    );
  });

  it('says no time where nothing comes on', () => {
    let now = 0;
    const paceOf = rebuildPace(() => now);
    paceOf(progress(1));
    now = 60_000;
    expect(paceOf(progress(1))).to.equal('1 of 10,000 events (0 %)');
  });

  it('rounds a duration up to what people say', () => {
    const texts = [0.2, 59.5, 61, 3_599, 3_600, 7_500].map(durationText);
    expect(texts).to.deep.equal(['1 s', '60 s', '2 min', '60 min', '1 h 0 min', '2 h 5 min']);
  });
});
