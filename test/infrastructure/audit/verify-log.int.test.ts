import { expect } from 'chai';
import { claimedHeads } from '../../../src/application/audit/claimed-heads.js';
import { signCheckpoint } from '../../../src/application/audit/sign-checkpoint.js';
import { verifyLog } from '../../../src/application/audit/verify-log.js';
import type { Checkpoints } from '../../../src/application/ports/checkpoints.js';
import type { StreamId } from '../../../src/domain/kernel/ids.js';
import { auditCrypto } from '../../../src/infrastructure/audit/ed25519.js';
import { findBrokenStream } from '../../../src/infrastructure/audit/find-broken-stream.js';
import { openCheckpoints } from '../../../src/infrastructure/audit/postgres-checkpoints.js';
import { createLogTree } from '../../../src/infrastructure/audit/postgres-log-tree.js';
import { sha256 } from '../../../src/infrastructure/audit/sha256.js';
import {
  createPostgresEventStore,
  type PostgresEventStore,
} from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';
import { WAYS_TO_DAMAGE } from '../../support/ways-to-damage.js';
import { expectedTree, startTreeNode, untilGrown } from '../../support/tree-scene.js';

const QUIET = { warn: () => undefined, error: () => undefined };
const EVENTS = 600;
const PER_STREAM = 3;

describe('Verifying the log', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let log: PostgresEventStore;
  let checkpoints: Checkpoints;

  const append = async (stream: number, events = PER_STREAM): Promise<void> => {
    const numbered = Array.from({ length: events }, (_, n) => eventNumbered(stream * PER_STREAM + n));
    const streamId = `thing-${stream}` as StreamId;
    await log.append({ streams: [{ streamId, expected: 'no stream', events: numbered }] });
  };
  const grow = async (size: number) => {
    const node = startTreeNode(database.pool, log.raw);
    await untilGrown(database.pool, size);
    await node.stop();
    await signCheckpoint({ checkpoints, tree: createLogTree(database.pool), sha256 }, () => true);
  };

  /** Copies of one filled log, whose databases tests change. */
  let template: TestDatabase;
  const openAll = async (of: TestDatabase) => {
    database = of;
    log = await createPostgresEventStore({ pool: of.pool, codec: testCodec, log: QUIET });
    checkpoints = await openCheckpoints({
      pool: of.pool,
      masterKeys: await testMasterKeys(),
      origin: 'chat.example.org/log',
      host: 'chat.example.org',
    });
  };
  before(async () => {
    template = await testDatabase();
    await openAll(template);
    for (let n = 0; n < EVENTS / PER_STREAM / 2; n += 1) await append(n);
    await grow(EVENTS / 2);
    for (let n = EVENTS / PER_STREAM / 2; n < EVENTS / PER_STREAM; n += 1) await append(n);
    await grow(EVENTS);
    await log.close();
    await template.pool.end();
  });
  beforeEach(async () => openAll(await template.copy()));
  afterEach(async () => {
    await log.close();
    await database.drop();
  });
  after(() => template.drop());

  const verify = async (...outside: { name: string; note: string }[]) =>
    verifyLog({
      log: log.raw,
      tree: createLogTree(database.pool),
      heads: claimedHeads({ checkpoints, crypto: auditCrypto, outside, keys: [] }),
      findBrokenStream: () => findBrokenStream(database.pool),
      sha256,
      onProgress: () => undefined,
    });

  it('finds nothing where nothing was changed, nor where more was appended', async () => {
    await append(900);
    const { root } = (await checkpoints.last())!;
    expect(await verify()).to.deep.equal({ events: EVENTS, root, heads: 2, misfit: undefined });
  });

  for (const [name, { damage, ...expected }] of Object.entries(WAYS_TO_DAMAGE))
    it(`names the first event that does not fit where ${name}`, async () => {
      await database.pool.query(damage);
      const { misfit } = await verify();
      expect(misfit, name).to.include({ what: expected.what, position: expected.position });
      expect(misfit?.streamId).to.equal(expected.stream ?? null);
      expect(misfit?.detail).to.match(expected.detail);
    });

  it('names an event whose revision follows on no other, also where it came under the tree so', async () => {
    await append(901, 1);
    await database.pool.query(`update log.events set revision = 4 where position = ${EVENTS + 1}`);
    await grow(EVENTS + 1);
    const { misfit } = await verify();
    expect(misfit).to.deep.equal({
      what: 'revision',
      position: String(EVENTS + 1),
      streamId: 'thing-901',
      detail: 'revision 4 follows on none',
    });
  });

  it('is shown by a checkpoint that was kept elsewhere that all tables were replaced by an older back-up', async () => {
    await append(902);
    await grow(EVENTS + PER_STREAM);
    const kept = { name: 'yesterday.txt', note: (await checkpoints.last())!.note };
    expect((await verify(kept)).misfit).to.equal(undefined);
    await log.close();
    await database.drop();
    await openAll(await template.copy());
    expect((await verify()).misfit, 'in itself the back-up is whole').to.equal(undefined);
    expect((await verify(kept)).misfit).to.deep.include({
      what: 'checkpoint',
      detail: `yesterday.txt is of ${EVENTS + PER_STREAM} events, and the tree has ${EVENTS}`,
    });
    // Somebody goes on from there, and writes another history.
    await append(903, 5);
    await grow(EVENTS + 5);
    expect((await verify()).misfit).to.equal(undefined);
    const { misfit } = await verify(kept);
    expect(misfit?.detail).to.match(
      /^yesterday.txt is of another log: it fits up to 600 events, and something .* up to 603/,
    );
  });

  it('is shown by a checkpoint that was kept elsewhere that log, tree and signed heads were made anew together', async () => {
    const kept = { name: 'kept.txt', note: (await checkpoints.last())!.note };
    await database.pool.query(`
      update log.events set data = '{}' where position = 100;
      truncate audit.tiles, audit.leaves, audit.checkpoints;
      update audit.tree set size = 0, position = 0, root = null`);
    await grow(EVENTS);
    expect((await checkpoints.last())!.root).to.deep.equal((await expectedTree(log.raw)).head().root);
    expect((await verify()).misfit).to.equal(undefined);
    expect((await verify(kept)).misfit).to.include({ what: 'checkpoint', position: null });
  });
});
