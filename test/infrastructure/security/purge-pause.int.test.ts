import { expect } from 'chai';
import { createErasedKeys } from '../../../src/infrastructure/security/erased-keys.js';
import { destroyedKeys, pauseAfter, purgeErased } from '../../../src/infrastructure/security/purge-erased.js';
import { ERASURE, erasureScene } from '../../support/erasure-scene.js';
import { bob } from '../../support/ids.js';
import { endPauseOf, untilPurgeFails } from '../../support/purging.js';

// Every ten seconds in which a user was erased, tables were rewritten while their readers waited.
describe('Tables that were written anew are left for a while:', () => {
  let scene: Awaited<ReturnType<typeof erasureScene>>;

  beforeEach(async () => (scene = await erasureScene()));
  afterEach(() => scene.release());

  it('twenty times as long as that took, an hour at most', () => {
    expect([0, 50, 3_000, 179_999, 180_001, 10_000_000].map(pauseAfter)).to.deep.equal([
      0, 1, 60, 3_599.98, 3_600, 3_600,
    ]);
  });

  it('as long as it took, and not by the time that the process has run', async () => {
    await scene.project(ERASURE);
    await scene.erase();
    const began = performance.now();
    await purgeErased(scene.database.pool);
    const tookSeconds = (performance.now() - began) / 1_000;
    const { rows } = await scene.database.pool.query<{ left: number }>(
      'select extract(epoch from purge_after - clock_timestamp())::float8 as left from security.erasures',
    );
    expect(rows[0]?.left).to.be.at.most(20 * tookSeconds);
  });

  it('no node writes them anew before, and doctor says until when', async () => {
    await scene.project(ERASURE);
    await scene.erase();
    await scene.purgeUntil(0);
    const paused = await scene.database.pool.query('select purge_after is not null as paused from security.erasures');
    expect(paused.rows).to.deep.equal([{ paused: true }]);
    await scene.database.pool.query(`update security.erasures set purge_after = '2999-01-01T00:00:00Z'`);
    await createErasedKeys(scene.database.pool).destroy([bob], ERASURE[0]!.position);
    expect(await purgeErased(scene.database.pool)).to.deep.equal({ purged: 0, cleared: 0, waiting: 1 });
    expect(await destroyedKeys(scene.database.pool)).to.include({ waiting: 1, pausedUntil: '2999-01-01 00:00:00 UTC' });
    await scene.purgeUntil(0);
  });

  it('also where it failed, as others hold a table', async () => {
    await scene.project(ERASURE);
    await scene.erase();
    await endPauseOf(scene.database.pool);
    const holder = await scene.database.pool.connect();
    try {
      await holder.query('begin');
      await holder.query('lock table users.people in row exclusive mode');
      await untilPurgeFails(scene.database.pool);
    } finally {
      await holder.query('commit');
      holder.release();
    }
    expect((await destroyedKeys(scene.database.pool)).pausedUntil).not.to.equal(null);
    await scene.purgeUntil(0);
    expect(await scene.onDisk()).to.deep.equal([]);
  });
});
