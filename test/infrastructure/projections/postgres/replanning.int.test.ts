import { expect } from 'chai';
import type { Position } from '../../../../src/domain/kernel/ids.js';
import { prepareGeneration } from '../../../../src/infrastructure/projections/postgres/generations.js';
import { PostgresProjectionStore } from '../../../../src/infrastructure/projections/postgres/postgres-projection-store.js';
import { createPool } from '../../../../src/infrastructure/postgres/pool.js';
import { numbersProjection, numbersReadModel } from '../../../support/numbers-projection.js';
import { testDatabase } from '../../../support/postgres.js';
import { openTcpProxy } from '../../../support/tcp-proxy.js';

// Plans that were made for empty tables read whole tables when these had grown, until they were analyzed.
describe('The plans of a projection', () => {
  it('are made anew behind the tenth batch of a connection, and the hundredth', async () => {
    const database = await testDatabase();
    const proxy = await openTcpProxy(database.url);
    const pool = createPool({ url: proxy.url, max: 1, name: 'test', onIdleError: () => undefined });
    const parts = { projection: numbersProjection, readModel: numbersReadModel, schema: 'numbers' };
    const client = await database.pool.connect();
    await prepareGeneration(client, numbersProjection, numbersReadModel);
    client.release();
    const store = new PostgresProjectionStore({ ...parts, config: pool.options });
    await store.acquire();
    const replanned: number[] = [];
    let batches = 0;
    const watch = () =>
      void proxy.failNext('discard plans', { what: 'delay', milliseconds: 0 }).then(() => replanned.push(batches));
    watch();
    for (batches = 1; batches <= 105; batches += 1) {
      const [from, to] = [String(batches - 1) as Position, String(batches) as Position];
      await store.apply({ events: [], parked: [], from, to });
      if (replanned.at(-1) === batches) watch();
    }
    expect(replanned).to.deep.equal([10, 100]);
    await store.release();
    await pool.end();
    await proxy.close();
    await database.drop();
  });
});
