import { expect } from 'chai';
import { FrameRate } from '../../../src/interfaces/ws/frame-rate.js';

const BURST = 200;
const PER_SECOND = 50;

describe('The rate of frames', () => {
  let now: number;
  let rate: FrameRate;
  const create = (scale = 1) => {
    now = 0;
    rate = new FrameRate(scale, () => now);
  };
  beforeEach(() => create());

  const take = (count: number): number[] => Array.from({ length: count }, () => rate.take());
  const accepted = (waits: readonly number[]): number => waits.filter((wait) => wait === 0).length;

  it('lets 200 frames through at once, then says how long to wait', () => {
    expect(accepted(take(BURST))).to.equal(BURST);
    expect(rate.take()).to.equal(1_000);
    now = 250.5;
    expect(rate.take()).to.equal(750);
    now = 999.9;
    expect(rate.take()).to.equal(1);
  });

  it('takes 50 frames a second on the long run, and saves up no more than 200', () => {
    take(BURST + 1);
    now = 1_000;
    expect(accepted(take(BURST))).to.equal(PER_SECOND);
    now = 1_000_000;
    expect(accepted(take(2 * BURST))).to.equal(BURST);
  });

  it('refuses everything that comes before the wait is over, though some frames would be free again', () => {
    take(BURST + 1);
    now = 999;
    expect(accepted(take(10))).to.equal(0);
  });

  it('counts frames one by one as they are free again', () => {
    take(BURST);
    now = 20;
    expect(take(2)).to.deep.equal([0, 1_000]);
  });

  it('lets a frame through that counts for many, and then takes as much longer', () => {
    expect([rate.take(BURST - 1), rate.take(11), rate.take()]).to.deep.equal([0, 0, 1_000]);
    now = 1_000;
    expect(accepted(take(BURST))).to.equal(PER_SECOND - 10);
  });

  it('has every limit times the scale', () => {
    create(3);
    expect(accepted(take(1_000))).to.equal(3 * BURST);
    now = 1_000;
    expect(accepted(take(1_000))).to.equal(3 * PER_SECOND);
  });

  it('goes by a clock of its own where it is given none', () => {
    expect(new FrameRate(1).take()).to.equal(0);
  });

  describe('of a client that goes on', () => {
    /** Sends too much, and this many more frames during a wait that it was told. */
    const ignore = (regardless: number): void => {
      take(BURST + 1);
      rate.isKnown(rate.waits);
      take(regardless);
    };

    it('is disregarded when it has sent more than 100 frames of which it knew that they would be refused', () => {
      ignore(100);
      expect(rate.isDisregarded).to.equal(false);
      take(1);
      expect(rate.isDisregarded).to.equal(true);
    });

    it('is disregarded for so many times the scale', () => {
      create(3);
      take(3 * BURST + 1);
      take(3 * 2_000 - 1);
      expect(rate.isDisregarded).to.equal(false);
      take(1);
      expect(rate.isDisregarded).to.equal(true);
      create(3);
      take(3 * BURST + 1);
      rate.isKnown(rate.waits);
      take(3 * 100);
      expect(rate.isDisregarded).to.equal(false);
      take(1);
      expect(rate.isDisregarded).to.equal(true);
    });

    it('is disregarded when it does so over several waits', () => {
      ignore(60);
      now = 10_000;
      ignore(40);
      expect(rate.isDisregarded).to.equal(false);
      now = 20_000;
      ignore(1);
      expect(rate.isDisregarded).to.equal(true);
    });

    it('is forgiven by a wait that is kept', () => {
      ignore(100);
      now = 10_000;
      ignore(0);
      now = 20_000;
      ignore(100);
      expect(rate.isDisregarded).to.equal(false);
    });

    it('is disregarded when it sends more than 2,000 frames too many in one wait, even if it could not know', () => {
      take(BURST + 2_000);
      expect(rate.isDisregarded).to.equal(false);
      take(1);
      expect(rate.isDisregarded).to.equal(true);
    });

    it('is not disregarded for what it sent before it knew, however often, nor for knowing of an earlier wait', () => {
      for (let n = 0; n < 100; n += 1) {
        now += 10_000;
        take(BURST + 1_000);
        rate.isKnown(rate.waits - 1);
        take(1_000);
        rate.isKnown(rate.waits);
        expect(rate.isDisregarded).to.equal(false);
      }
      expect(rate.waits).to.equal(100);
    });
  });

  it('never says that a client is disregarding its waits while it keeps them, whatever it sends, and however slow the line', () => {
    for (let n = 0; n < 1_000; n += 1) {
      const inFlight = take(1 + ((n * 37) % 300)).at(-1) ?? 0;
      if (inFlight > 0) rate.isKnown(rate.waits);
      now += inFlight;
      expect(rate.isDisregarded).to.equal(false);
    }
  });
});
