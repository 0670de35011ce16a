import { expect } from 'chai';
import { decision } from '../../../src/application/kernel/decision.js';
import { createTransact } from '../../../src/application/kernel/transact.js';
import { ConcurrencyError } from '../../../src/application/ports/event-store.js';
import { conversation } from '../../../src/domain/conversations/decider.js';
import { streamOf, type StreamId } from '../../../src/domain/kernel/ids.js';
import { ada, at, bob, conversationNumber } from '../../support/ids.js';
import { createWorld, type World } from './world.js';

const startOf = (n: number) => {
  const data = { conversationId: conversationNumber(n), title: 'Engines', memberIds: [bob], by: ada, at: at(0) };
  return decision(conversation, data.conversationId, { type: 'StartGroup', data });
};

describe('transact', () => {
  let world: World;

  beforeEach(async () => (world = await createWorld()));

  describe('where a condition never holds', () => {
    let jitters: number[];

    /** Answers the outcome when each wait between two attempts takes this many milliseconds by the clock. */
    const attempted = async (jitterMs: number): Promise<unknown> => {
      let elapsed = 0;
      const transact = createTransact(world.store, world.identifiers, async (attempt) => {
        jitters.push(attempt);
        elapsed += jitterMs;
      });
      Object.assign(performance, { now: () => elapsed });
      return transact(world.contextOf(ada), async () => ({
        decisions: [startOf(1)],
        require: [{ streamId: streamOf('conversation', conversationNumber(2)), expected: 'stream exists' }],
        answer: () => ({}),
      })).catch((error: unknown) => error);
    };

    beforeEach(() => {
      jitters = [];
    });
    afterEach(() => Reflect.deleteProperty(performance, 'now'));

    it('gives up after twenty attempts, and has then appended nothing', async () => {
      expect(await attempted(0)).to.be.instanceOf(ConcurrencyError);
      expect(jitters).to.deep.equal(Array.from({ length: 19 }, (_, attempt) => attempt));
      expect(await world.logged('ConversationStarted')).to.deep.equal([]);
    });

    it('gives up after three seconds, however few attempts there were', async () => {
      expect(await attempted(1_000)).to.be.instanceOf(ConcurrencyError);
      expect(jitters).to.deep.equal([0, 1, 2]);
    });
  });

  it('carries out commands of one queue one after another, and others meanwhile', async () => {
    const planned: number[] = [];
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const start = (n: number, queue: string, until = Promise.resolve()) =>
      world.transact(
        world.contextOf(ada),
        async () => {
          planned.push(n);
          await until;
          return { decisions: [startOf(n)], answer: () => ({}) };
        },
        queue as StreamId,
      );
    const [first, second, other] = [start(1, 'a', held), start(2, 'a'), start(3, 'b')];
    await other;
    expect(planned).to.deep.equal([1, 3]);
    goOn();
    await Promise.all([first, second]);
    expect(planned).to.deep.equal([1, 3, 2]);
  });
});
