import { expect } from 'chai';
import { Consumer } from '../../../src/application/consumers/consumer.js';
import { keepRetention } from '../../../src/application/retention/keep-retention.js';
import { retentionRules } from '../../../src/application/retention/rules.js';
import { standingHolds } from '../../../src/application/holds/standing-holds.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { createRetentionScene } from './retention-scene.js';

describe('Retention, round after round', () => {
  /** Keeps retention for so many rounds. Answers from where each looked at the log, and how often it gave signs of life. */
  const kept = async (
    scene: Awaited<ReturnType<typeof createRetentionScene>>,
    rounds: number,
    between: () => Promise<unknown> = async () => undefined,
  ) => {
    const { world, retention } = scene;
    const ending = new AbortController();
    const looks: Position[] = [];
    let [signs, left] = [0, rounds];
    const consumer = new Consumer({ name: 'retention', quietSeconds: 1, missed: undefined, now: () => (signs += 1) });
    const work = keepRetention({
      rules: retentionRules(world.store),
      holds: standingHolds(world.store),
      expireMessages: (round) => {
        looks.push(round.after);
        return retention.expireRound(round);
      },
      newContext: () => world.contextOf(null),
      alone: async (round) => round().then(() => true),
      everySeconds: 1,
      sleep: async () => {
        await between();
        if ((left -= 1) === 0) ending.abort();
      },
      onPortion: () => undefined,
    });
    await work(consumer, ending.signal);
    return { looks, signs };
  };

  it('goes on where it has looked, also where no rule was for what it saw', async () => {
    const scene = await createRetentionScene();
    const { ada, bob, talk, sent, keep } = scene;
    const [ruled, free] = [await talk(ada, bob), await talk(ada, bob)];
    for (let n = 0; n < 3; n += 1) await sent(ada, free, 40);
    await keep(30, ruled);
    const { looks } = await kept(scene, 2);
    expect(looks[0]).to.equal(LOG_START);
    expect(looks[1]).not.to.equal(LOG_START);
  });

  it('begins anew where a hold was lifted or a rule was changed, not where a hold was placed: nothing has to go by that', async () => {
    const scene = await createRetentionScene();
    const { ada, bob, eva, talk, sent, keep, servers } = scene;
    const conversationId = await talk(ada, bob);
    await sent(ada, conversationId, 40);
    await keep(30);
    const changes = [
      () => servers[0].hold(ada, eva),
      () => servers[0].lift(ada, eva),
      () => keep(null, conversationId),
      async () => undefined,
    ];
    const { looks } = await kept(scene, 4, () => changes.shift()!());
    expect(looks.map((look) => look === LOG_START)).to.deep.equal([true, false, true, true]);
  });

  it('finds what was kept by a hold that came and went between two looks', async () => {
    const scene = await createRetentionScene();
    const { ada, bob, eva, talk, sent, keep, servers } = scene;
    await sent(ada, await talk(ada, bob), 40);
    await keep(30);
    const { looks } = await kept(scene, 2, async () => {
      await servers[0].hold(ada, eva);
      await servers[0].lift(ada, eva);
    });
    expect(looks).to.deep.equal([LOG_START, LOG_START]);
  });

  it('gives signs of life, and ends, while it looks through what no rule is for', async () => {
    const scene = await createRetentionScene();
    const { ada, bob, talk, sent, keep } = scene;
    const [ruled, free] = [await talk(ada, bob), await talk(ada, bob)];
    for (let n = 0; n < 2_100; n += 1) await sent(ada, free, 40);
    await keep(30, ruled);
    const before = await kept(await createRetentionScene(), 1);
    const { signs } = await kept(scene, 1);
    expect(signs - before.signs).to.equal(3);
  }).timeout(60_000);
});
