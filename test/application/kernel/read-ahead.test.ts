import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { readAhead } from '../../../src/application/kernel/read-ahead.js';

describe('Reading ahead', () => {
  /** What has been read so far, and whether the reading has ended. */
  const watched = (items: number, failsAt = Infinity) => {
    const state = { read: 0, ended: false };
    const source = async function* () {
      try {
        for (let n = 0; n < items; n += 1) {
          if (n === failsAt) throw new Error(`item ${n} cannot be read`);
          state.read += 1;
          yield n;
        }
      } finally {
        state.ended = true;
      }
    };
    return { state, items: readAhead(source()) };
  };

  it('answers every item, in order', async () => {
    const found: number[] = [];
    for await (const item of watched(5).items) found.push(item);
    expect(found).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it('reads one item more than was asked for, and waits for its reader with that one', async () => {
    const { state, items } = watched(100);
    expect(state.read).to.equal(0);
    for (let asked = 1; asked < 4; asked += 1) {
      await items.next();
      for (let n = 0; n < 10; n += 1) await nextTurn();
      expect(state.read).to.equal(asked + 1);
    }
  });

  it('ends the reading where its reader leaves', async () => {
    const { state, items } = watched(100);
    for await (const item of items) if (item === 2) break;
    expect(state).to.deep.equal({ read: 4, ended: true });
  });

  it('raises what could not be read in its turn', async () => {
    const { items } = watched(9, 2);
    expect(await items.next()).to.deep.equal({ done: false, value: 0 });
    expect(await items.next()).to.deep.equal({ done: false, value: 1 });
    await nextTurn();
    expect(await items.next().catch(String)).to.equal('Error: item 2 cannot be read');
  });

  it('raises nothing before its turn, and nothing where its reader has left', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      const { items } = watched(9, 1);
      await items.next();
      for (let n = 0; n < 10; n += 1) await nextTurn();
      expect(await items.return(undefined)).to.deep.equal({ done: true, value: undefined });
      expect(unhandled).to.deep.equal([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});
