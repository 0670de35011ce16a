import { expect } from 'chai';
import { LEASE_MS, Silence } from '../../../../src/infrastructure/projections/mongodb/silence.js';

describe('The silence of a holder', () => {
  const watch = () => {
    let now = 1_000_000;
    const silence = new Silence(() => now);
    return { silence, pass: (milliseconds: number) => void (now += milliseconds) };
  };

  it('has lasted once its beat has been the same for the length of a lease', () => {
    const { silence, pass } = watch();
    expect(silence.hasLasted('1 1')).to.equal(false);
    pass(LEASE_MS - 1);
    expect(silence.hasLasted('1 1')).to.equal(false);
    pass(1);
    expect(silence.hasLasted('1 1')).to.equal(true);
  });

  it('begins anew with each beat', () => {
    const { silence, pass } = watch();
    silence.hasLasted('1 1');
    pass(LEASE_MS - 1);
    expect(silence.hasLasted('1 2')).to.equal(false);
    pass(LEASE_MS - 1);
    expect(silence.hasLasted('1 2')).to.equal(false);
    pass(1);
    expect(silence.hasLasted('1 2')).to.equal(true);
  });

  it('tells a holder who lives from one who has not been heard of yet', () => {
    const { silence } = watch();
    silence.hasLasted('1 1');
    expect(silence.hasChanged).to.equal(false);
    silence.hasLasted('1 1');
    expect(silence.hasChanged).to.equal(false);
    silence.hasLasted('1 2');
    expect(silence.hasChanged).to.equal(true);
  });
});
