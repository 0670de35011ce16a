import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { KnownBlocks } from '../../../src/application/typing/known-blocks.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { ada, bob, cleo } from '../../support/ids.js';

describe('The blocks that are known', () => {
  let asked: UserId[][];
  let known: UserId[];
  let failures: unknown[];
  let answer: (() => void) | undefined;
  let shared: UserId[] | Error;
  let blocks: KnownBlocks;
  beforeEach(() => {
    [asked, known, failures, shared] = [[], [], [], [bob]];
    blocks = new KnownBlocks({
      blocks: {
        ofUsers: async (userIds) => {
          asked.push([...userIds]);
          const found = shared;
          await new Promise<void>((resolve) => (answer = resolve));
          if (found instanceof Error) throw found;
          return new Map(userIds.map((userId) => [userId, new Set(found)]));
        },
      },
      onKnown: (userId) => known.push(userId),
      onFailed: (error) => failures.push(error),
    });
  });

  const answered = async (): Promise<void> => {
    answer?.();
    await nextTurn();
  };
  const of = (userId: UserId) => {
    const found = blocks.of(userId);
    return found && [...found];
  };

  it('are asked for once, together with those that are wanted meanwhile', async () => {
    expect([of(ada), of(ada), of(bob), of(cleo)]).to.deep.equal([undefined, undefined, undefined, undefined]);
    await answered();
    expect([known, of(ada)]).to.deep.equal([[ada], [bob]]);
    await answered();
    expect(of(cleo)).to.deep.equal([bob]);
    expect(asked).to.deep.equal([[ada], [bob, cleo]]);
  });

  it('have a new block at once, on both sides', async () => {
    for (const userId of [ada, cleo]) {
      of(userId);
      await answered();
    }
    blocks.add(ada, cleo);
    expect([of(ada), of(cleo)]).to.deep.equal([
      [bob, cleo],
      [bob, ada],
    ]);
  });

  it('are asked for again once they are forgotten', async () => {
    of(ada);
    await answered();
    blocks.forget(ada);
    shared = [];
    expect(of(ada)).to.equal(undefined);
    await answered();
    expect(of(ada)).to.deep.equal([]);
  });

  for (const [what, change] of [
    ['were forgotten', () => blocks.forget(ada)],
    ['have a new block', () => blocks.add(ada, cleo)],
  ] as const)
    it(`are asked for again when they ${what} while they were asked for`, async () => {
      of(ada);
      change();
      shared = [cleo];
      await answered();
      expect([known, of(ada)]).to.deep.equal([[], undefined]);
      await answered();
      expect([known, of(ada)]).to.deep.equal([[ada], [cleo]]);
    });

  it('are unknown when the question fails, until they are wanted again', async () => {
    shared = new Error('out of reach');
    of(ada);
    await answered();
    expect(failures).to.deep.equal([shared]);
    shared = [];
    expect(of(ada)).to.equal(undefined);
    await answered();
    expect(of(ada)).to.deep.equal([]);
  });

  it('are asked for of a thousand at a time at most', async () => {
    const users = Array.from({ length: 1_200 }, (_, n) => `user ${n}` as UserId);
    for (const userId of users) of(userId);
    await answered();
    await answered();
    expect(asked.map(({ length }) => length)).to.deep.equal([1, 1_000]);
  });
});
