import { expect } from 'chai';
import type { RawBatch, RawEvent, RawLog } from '../../../src/application/ports/raw-log.js';
import { createLogTree } from '../../../src/infrastructure/audit/postgres-log-tree.js';
import { eventually } from '../../support/eventually.js';
import { positionOf } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { startTreeNode } from '../../support/tree-scene.js';

const TAKEN_OVER = `update audit.tree set holder = gen_random_uuid(), held_until = now() + interval '1 hour'`;

describe('A node that has lost the tree to another one', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  // It raised the alarm that the tree is halted, and the tree went on at the other node.
  it('raises no alarm over what it finds then, and halts nothing', async () => {
    let isGiven = false;
    const subscribe = async function* (): AsyncGenerator<RawBatch> {
      await database.pool.query(TAKEN_OVER);
      isGiven = true;
      const events = [{ position: positionOf(0) }] as RawEvent[];
      yield { after: positionOf(0), events, position: positionOf(1), passed: 1, caughtUp: true };
    };
    const node = startTreeNode(database.pool, { subscribe } as unknown as RawLog);
    await eventually(
      async () => isGiven,
      (given) => given,
    );
    await node.stop();
    expect(node.halts).to.deep.equal([]);
    expect(await createLogTree(database.pool).halt()).to.equal(undefined);
  });
});
