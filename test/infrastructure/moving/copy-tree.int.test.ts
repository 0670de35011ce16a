import { expect } from 'chai';
import { proveFormer } from '../../../src/application/audit/prove-former.js';
import { findStoredEvent } from '../../../src/application/audit/stored-leaves.js';
import { signCheckpoint } from '../../../src/application/audit/sign-checkpoint.js';
import { fromBase64 } from '../../../src/domain/audit/bytes.js';
import { verifyTlogProof } from '../../../src/domain/audit/tlog-proof.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { auditCrypto } from '../../../src/infrastructure/audit/ed25519.js';
import { formerLogsIn } from '../../../src/infrastructure/audit/former-log.js';
import { openCheckpoints } from '../../../src/infrastructure/audit/postgres-checkpoints.js';
import { createLogTree } from '../../../src/infrastructure/audit/postgres-log-tree.js';
import { sha256 } from '../../../src/infrastructure/audit/sha256.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { createIdentifiers } from '../../../src/infrastructure/identifiers.js';
import { copyTree } from '../../../src/infrastructure/moving/copy-tree.js';
import { LogCopy } from '../../../src/infrastructure/moving/log-copy.js';
import type { UnplacedEvent } from '../../../src/infrastructure/moving/moved-log.js';
import { postgresLog } from '../../../src/infrastructure/moving/postgres-log.js';
import { openAuditTool } from '../../../src/infrastructure/tool/audit-tool.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { testCodec } from '../../support/test-codec.js';
import { startTreeNode, untilGrown } from '../../support/tree-scene.js';

const QUIET = { warn: () => undefined, error: () => undefined };
const MESSAGES = 140;
const EVENTS = 2 * MESSAGES;
const NOTHING = { files: [], keys: [] };
const ignored = () => undefined;
const { eventId, newCommandId } = createIdentifiers();

const eventOf = (streamId: string, revision: number, type: string, data: string): UnplacedEvent =>
  ({
    ...{ streamId, revision, type, schemaVersion: 1 },
    eventId: eventId(newCommandId(), 0),
    data: Buffer.from(data),
    metadata: Buffer.from('{}'),
  }) as UnplacedEvent;

describe('A copy of a log', function () {
  this.timeout(120_000);
  let source: TestDatabase;
  let target: TestDatabase;
  const closing: (() => Promise<void>)[] = [];

  const logOf = async ({ pool }: TestDatabase) => {
    const log = await createPostgresEventStore({ pool, codec: testCodec, log: QUIET });
    closing.push(() => log.close());
    return log;
  };
  const checkpointsOf = async ({ pool }: TestDatabase, origin: string) =>
    openCheckpoints({ pool, masterKeys: await testMasterKeys(), origin, host: 'chat.example.org' });
  /** Puts the log of a database under its tree, and signs it. */
  const grow = async (database: TestDatabase, origin: string) => {
    const log = await logOf(database);
    const node = startTreeNode(database.pool, log.raw);
    await untilGrown(database.pool, EVENTS);
    await node.stop();
    const checkpoints = await checkpointsOf(database, origin);
    await signCheckpoint({ checkpoints, tree: createLogTree(database.pool), sha256 }, () => true);
    return {
      checkpoints,
      events: log,
      pool: database.pool,
      logServer: undefined,
      keys: { requests: Buffer.alloc(32) },
    };
  };

  before(async () => {
    [source, target] = [await testDatabase(), await testDatabase()];
    const log = postgresLog(source.pool, 'the source');
    for (let n = 0; n < MESSAGES; n += 1) {
      // Its positions have gaps, unlike those of the copy.
      const named = 10 * (2 * n + 1);
      const batch = [
        eventOf(`message-${n}`, 0, 'MessageSent', `{"n":${n}}`),
        eventOf('reading-1', n, 'MessageRead', `{"messagePosition":"${named}","readAt":"now"}`),
      ];
      await log.append([batch], await log.head());
    }
    await source.pool.query('update log.events set position = -10 * position');
    await source.pool.query('update log.events set position = -position');
    await grow(source, 'old.example.org/log');
    const copy = new LogCopy({ source: log, target: postgresLog(target.pool, 'the copy'), onProgress: ignored });
    await copy.copy();
    await copyTree(source.pool, target.pool);
    await copyTree(source.pool, target.pool); // another run does it anew
  });
  after(async () => {
    for (const close of closing) await close();
    await source.drop();
    await target.drop();
  });

  it('is under a tree of its own, and keeps that of the log, whose proofs hold for the same events', async () => {
    const tool = openAuditTool(await grow(target, 'new.example.org/log'));
    const { misfit, events, heads, former } = await tool.verify(NOTHING, ignored);
    expect({ misfit, events, heads }).to.deep.equal({ misfit: null, events: EVENTS, heads: 1 });
    expect(former).to.deep.equal([{ origin: 'old.example.org/log', events: EVENTS, misfit: null }]);
    const { root } = await createLogTree(source.pool).head();
    expect(root).not.to.deep.equal((await createLogTree(target.pool).head()).root);
  });

  it('proves an event in both logs', async () => {
    const tree = createLogTree(target.pool);
    const { raw } = await logOf(target);
    const [former] = await formerLogsIn(target.pool, tree)();
    const trust = { origin: 'old.example.org/log', keys: (await former!.keys()).map(({ key }) => key) };
    for (const index of [0, 101, EVENTS - 1]) {
      const event = (await findStoredEvent(raw, String(index + 1) as Position))!;
      const { position, leaf, proof } = (await proveFormer(sha256, former!, index, event))!;
      expect(position).to.equal(String(10 * (index + 1)));
      expect(verifyTlogProof(auditCrypto, proof, fromBase64(leaf), trust).index).to.equal(index);
    }
  });

  it('is found to be none where an event differs from the one that was copied', async () => {
    await target.pool.query(`update log.events set data = '{"n":"other"}' where position = 101`);
    await target.pool.query(`
      truncate audit.tiles, audit.leaves, audit.checkpoints;
      update audit.tree set size = 0, position = 0, root = null`);
    const tool = openAuditTool(await grow(target, 'new.example.org/log'));
    const { misfit, former } = await tool.verify(NOTHING, ignored);
    expect(misfit).to.equal(null);
    expect(former[0]?.misfit).to.include({ what: 'altered', position: '1010', streamId: 'message-50' });
  });
});
