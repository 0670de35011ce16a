import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { Consumer } from '../../../src/application/consumers/consumer.js';
import type { EventStore } from '../../../src/application/ports/event-store.js';
import { followBlocks } from '../../../src/application/typing/follow-blocks.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, cleo, eve, positionOf } from '../../support/ids.js';
import { batchOf } from '../../support/live-feed-scene.js';
import { ScriptedLog } from '../../support/scripted-log.js';
import { SteeredProgress } from '../../support/steered-progress.js';

describe('Blocks that come from the log', () => {
  // The second of two blocks was noted once the read model showed the first. Where that had stopped, whoever was known to
  // share no block was shown typing across one for as long.
  it('count at once, also where the read model has stopped, and are asked for again once it shows them', async () => {
    const [log, progress] = [new ScriptedLog(), new SteeredProgress()];
    const noted: unknown[] = [];
    const blocks = { add: (...users: unknown[]) => noted.push(users), forget: (userId: unknown) => noted.push(userId) };
    const ending = new AbortController();
    const work = followBlocks({ store: log as unknown as EventStore, progress, blocks }, LOG_START);
    const following = work(
      new Consumer({ name: 'blocks', quietSeconds: 1, missed: undefined, now: () => 0 }),
      ending.signal,
    );
    log.put(
      batchOf(0, [fact('UserBlocked', { userId: ada, blockedId: bob, blockedAt: at(1) })]),
      batchOf(1, [fact('UserUnblocked', { userId: ada, blockedId: bob, unblockedAt: at(2) })]),
      batchOf(2, [fact('UserBlocked', { userId: cleo, blockedId: eve, blockedAt: at(3) })]),
    );
    await nextTurn();
    expect(noted.splice(0)).to.deep.equal([
      [ada, bob],
      [cleo, eve],
    ]);
    progress.timeOut();
    progress.reach(positionOf(2), 'users');
    await nextTurn();
    expect(noted.splice(0)).to.deep.equal([ada, bob, ada, bob]);
    progress.reach(positionOf(3), 'users');
    await nextTurn();
    expect(noted).to.deep.equal([cleo, eve]);
    ending.abort();
    await following;
  });
});
