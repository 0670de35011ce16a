import { expect } from 'chai';
import type { RawLog } from '../../../src/application/ports/raw-log.js';
import { isHalt, TreeLostError, type HeldTree } from '../../../src/application/ports/tree-store.js';
import { growTree, rootOfEdge } from '../../../src/domain/audit/tiles.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { createLogTree, resumeTree } from '../../../src/infrastructure/audit/postgres-log-tree.js';
import { PostgresTreeStore } from '../../../src/infrastructure/audit/postgres-tree-store.js';
import { sha256 } from '../../../src/infrastructure/audit/sha256.js';
import {
  createPostgresEventStore,
  type PostgresEventStore,
} from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { failureOf } from '../../contracts/projection-steps.js';
import { collect, newStream, type LogUnderTest } from '../../contracts/store-steps.js';
import { eventually } from '../../support/eventually.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { sparseLog } from '../../support/sparse-log.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';
import { expectedTree, startTreeNode, untilGrown, type TreeNode } from '../../support/tree-scene.js';

const QUIET = { warn: () => undefined, error: () => undefined };

const fill = async (log: Pick<LogUnderTest, 'append'>, events: number, perStream = 3): Promise<void> => {
  for (let n = 0; n < events; n += perStream) {
    const numbered = Array.from({ length: Math.min(perStream, events - n) }, (_, at) => eventNumbered(n + at));
    await log.append({ streams: [{ streamId: newStream(), expected: 'no stream', events: numbered }] });
  }
};

/** Hands over what a log holds in batches of one size. */
const inBatches = (log: RawLog, size: number): RawLog => ({
  ...log,
  subscribe: async function* (options) {
    for await (const batch of log.subscribe(options)) {
      if (batch.events.length === 0) yield batch;
      for (let at = 0; at < batch.events.length; at += size) {
        const events = batch.events.slice(at, at + size);
        yield { ...batch, events, position: events.at(-1)?.position ?? batch.position, caughtUp: false };
      }
    }
  },
});

describe('The tree over the log', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let log: PostgresEventStore;
  const nodes: TreeNode[] = [];
  const start = (of: RawLog = log.raw, on = database): TreeNode => {
    const node = startTreeNode(on.pool, of);
    nodes.push(node);
    return node;
  };
  const stopAll = async () => {
    for (const node of nodes.splice(0)) await node.stop();
  };
  beforeEach(async () => {
    database = await testDatabase();
    log = await createPostgresEventStore({ pool: database.pool, codec: testCodec, log: QUIET });
  });
  afterEach(async () => {
    await stopAll();
    await log.close();
    await database.drop();
  });

  const stored = async (of = database) => {
    const { rows: head } = await of.pool.query('select size, position, root from audit.tree');
    const { rows: tiles } = await of.pool.query('select level, index, hashes from audit.tiles order by level, index');
    const { rows: leaves } = await of.pool.query('select * from audit.leaves order by tile');
    return { head, tiles, leaves };
  };

  it('has the root that an auditor computes from the stored events, in the order of their positions', async () => {
    await fill(log, 600);
    start();
    const head = await untilGrown(database.pool, 600);
    const expected = await expectedTree(log.raw);
    expect(head).to.deep.equal({ ...expected.head(), root: Buffer.from(expected.head().root), position: '600' });
    const tree = createLogTree(database.pool);
    expect(
      await tree.tiles([
        { level: 0, index: 2 },
        { level: 1, index: 0 },
        { level: 5, index: 0 },
      ]),
    ).to.deep.equal([expected.tile(0, 2), Buffer.from(expected.tile(1, 0) ?? ''), new Uint8Array()]);
  });

  it('is the same whether it grows by a few events at a time or is made of the whole log at once', async () => {
    const other = await testDatabase();
    try {
      await fill(log, 290);
      start(inBatches(log.raw, 7));
      await untilGrown(database.pool, 290);
      start(log.raw, other);
      await untilGrown(other.pool, 290);
      await stopAll();
      expect(await stored()).to.deep.equal(await stored(other));
    } finally {
      await stopAll();
      await other.drop();
    }
  });

  it('grows with the log, and goes on where it was when a node is started again', async () => {
    await fill(log, 10);
    start();
    await untilGrown(database.pool, 10);
    await fill(log, 5);
    await untilGrown(database.pool, 15);
    await stopAll();
    await fill(log, 300);
    start();
    const { root } = await untilGrown(database.pool, 315);
    expect(root).to.deep.equal((await expectedTree(log.raw)).head().root);
  });

  it('numbers its leaves by itself, whatever gaps the positions have', async () => {
    const sparse = sparseLog(createMemoryEventStore(testCodec));
    await fill(sparse, 300);
    const events = await collect(sparse.raw.readAll());
    start(sparse.raw);
    const { size, root } = await untilGrown(database.pool, events.length);
    expect([size, root]).to.deep.equal([events.length, (await expectedTree(sparse.raw)).head().root]);
    const tree = createLogTree(database.pool);
    for (const index of [0, 1, 255, 256, 300, events.length - 1])
      expect(await tree.indexOf(events[index]?.position as Position)).to.equal(index);
    expect(await tree.indexOf('8' as Position)).to.equal(undefined);
    expect(await tree.indexOf('18446744073709551615' as Position)).to.equal(undefined);
    expect(await tree.positions(250, 260)).to.deep.equal(events.slice(250, 260).map(({ position }) => position));
    expect(await tree.positions(size - 1, size + 9)).to.deep.equal([events.at(-1)?.position]);
  });

  it('has each event once while several nodes are there, and one takes over from another', async () => {
    const [one, two] = [start(), start()];
    await fill(log, 90);
    await untilGrown(database.pool, 90);
    await one.stop();
    await fill(log, 90);
    await untilGrown(database.pool, 180);
    start();
    await two.stop();
    await fill(log, 90);
    const { size, root } = await untilGrown(database.pool, 270);
    expect([size, root]).to.deep.equal([270, (await expectedTree(log.raw)).head().root]);
    expect([one.failures, two.failures]).to.deep.equal([[], []]);
  });

  /** Adds leaves as a node does, of any hashes. */
  const addTo = async (store: PostgresTreeStore, held: HeldTree, position: string) => {
    const { size, edge, tiles } = growTree(sha256, held.size, held.edge, [sha256(Buffer.from(position))]);
    const head = { size, position: position as Position, root: rootOfEdge(sha256, edge) };
    await store.add({ from: held.size, head, tiles, positions: [head.position] });
  };

  // A node that was thought dead, because its lease was over, wrote the leaf of another event over one that was there.
  it('refuses what a node adds whose lease another one has, and keeps nothing of it', async () => {
    const [late, next] = [new PostgresTreeStore(database.pool), new PostgresTreeStore(database.pool)];
    const held = (await late.acquire()) as HeldTree;
    expect(await next.acquire()).to.equal(undefined);
    await database.pool.query(`update audit.tree set held_until = now() - interval '1 second'`);
    const taken = (await next.acquire()) as HeldTree;
    expect(await failureOf(addTo(late, held, '8'))).to.be.instanceOf(TreeLostError);
    await addTo(next, taken, '7');
    const before = await stored();
    expect(await failureOf(addTo(late, held, '8'))).to.be.instanceOf(TreeLostError);
    expect(await stored()).to.deep.equal(before);
  });

  it('refuses an addition to a tree that has grown meanwhile, by the same node too', async () => {
    const store = new PostgresTreeStore(database.pool);
    const held = (await store.acquire()) as HeldTree;
    await addTo(store, held, '7');
    const before = await stored();
    expect(await failureOf(addTo(store, held, '8'))).to.be.instanceOf(TreeLostError);
    expect(await stored()).to.deep.equal(before);
  });

  describe('is halted, for all nodes and until somebody has looked,', () => {
    beforeEach(async () => {
      await fill(log, 300);
      start();
      await untilGrown(database.pool, 300);
      await stopAll();
    });

    const ways: Record<string, [string, RegExp]> = {
      'where the last event of the tree is gone from the log': [
        'delete from log.events where position = 300',
        /position 300, the last one in the tree, is not in the log/,
      ],
      'where that event is another one': [
        `update log.events set data = '{}' where position = 300`,
        /position 300 is not the one in the tree/,
      ],
      'where its root is another one': [`update audit.tree set root = sha256('x')`, /do not have the root of 300/],
      'where a tile is lost': ['delete from audit.tiles where index = 1', /last tiles of 300 leaves are missing/],
      'where a tile is too short': [
        `update audit.tiles set hashes = substr(hashes, 1, 32) where index = 1`,
        /last tiles of 300 leaves are missing/,
      ],
    };
    for (const [name, [damage, reason]] of Object.entries(ways))
      it(name, async () => {
        await database.pool.query(damage);
        const before = await stored();
        const node = start();
        await eventually(
          async () => node.halts,
          (halts) => halts.length > 0,
        );
        expect(node.halts[0]).to.match(reason);
        await fill(log, 3);
        const other = new PostgresTreeStore(database.pool);
        const found = await other.acquire();
        expect(found && isHalt(found) && found.reason).to.match(reason);
        await stopAll();
        expect(node.halts).to.have.length(1);
        expect(node.failures).to.deep.equal([]);
        expect(await stored()).to.deep.equal(before);
      });

    it('and grows again once it is resumed, and what was damaged restored', async () => {
      await database.pool.query(`update log.events set revision = 99 where position = 300`);
      const node = start();
      await eventually(
        async () => node.halts,
        (halts) => halts.length > 0,
      );
      await database.pool.query(`update log.events set revision = 2 where position = 300`);
      await fill(log, 3);
      expect(await resumeTree(database.pool)).to.equal(true);
      const { root } = await untilGrown(database.pool, 303);
      expect(root).to.deep.equal((await expectedTree(log.raw)).head().root);
      expect(await resumeTree(database.pool)).to.equal(false);
    });
  });

  it('is halted by an event that can have no leaf: none is ever left out', async () => {
    await fill(log, 3);
    await database.pool.query('update log.events set revision = -5 where position = 2');
    const node = start();
    const [reason] = await eventually(
      async () => node.halts,
      (halts) => halts.length > 0,
    );
    expect(reason).to.match(/the event at position 2 has no leaf: revision -5/);
    expect((await createLogTree(database.pool).head()).size).to.equal(0);
  });

  it('is halted where the log hands over an event behind one that comes later', async () => {
    await fill(log, 6);
    const reversed: RawLog = {
      ...log.raw,
      subscribe: async function* (options) {
        for await (const batch of log.raw.subscribe(options)) yield { ...batch, events: [...batch.events].reverse() };
      },
    };
    const node = start(reversed);
    const [reason] = await eventually(
      async () => node.halts,
      (halts) => halts.length > 0,
    );
    expect(reason).to.equal('position 5 comes behind 6 in the log');
  });
});
