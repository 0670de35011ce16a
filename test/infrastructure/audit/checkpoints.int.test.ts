import { expect } from 'chai';
import { isDueBy, keepCheckpoints } from '../../../src/application/audit/keep-checkpoints.js';
import { changeLogKey, signCheckpoint } from '../../../src/application/audit/sign-checkpoint.js';
import { TreeFault } from '../../../src/application/audit/tree-fault.js';
import { Consumer } from '../../../src/application/consumers/consumer.js';
import type { Checkpoints } from '../../../src/application/ports/checkpoints.js';
import { openCheckpoint } from '../../../src/domain/audit/open-checkpoint.js';
import { NoteFault, parseNote, type NoteKey } from '../../../src/domain/audit/signed-note.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { auditCrypto } from '../../../src/infrastructure/audit/ed25519.js';
import { openCheckpoints, OtherOriginError } from '../../../src/infrastructure/audit/postgres-checkpoints.js';
import { createLogTree } from '../../../src/infrastructure/audit/postgres-log-tree.js';
import { sha256 } from '../../../src/infrastructure/audit/sha256.js';
import { rotateMasterKey } from '../../../src/infrastructure/security/rewrap-keys.js';
import { failureOf } from '../../contracts/projection-steps.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { growTreeOf, startTreeAnew } from '../../support/numbered-tree.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const HOST = 'chat.example.org';
const always = () => true;

describe('The signed heads of the tree', () => {
  let database: TestDatabase;
  let checkpoints: Checkpoints;
  beforeEach(async () => {
    database = await testDatabase();
    checkpoints = await open();
  });
  afterEach(() => database.drop());

  const open = async (origin?: string) =>
    openCheckpoints({ pool: database.pool, masterKeys: await testMasterKeys(), origin, host: HOST });
  const parts = (of = checkpoints) => ({ checkpoints: of, tree: createLogTree(database.pool), sha256 });
  const sign = (of = checkpoints) => signCheckpoint(parts(of), always);

  const grow = (leaves: number, seed?: string) => growTreeOf(database.pool, leaves, seed);
  const startAnew = () => startTreeAnew(database.pool);

  const keysOf = async (of = checkpoints): Promise<NoteKey[]> => (await of.keys()).map(({ key }) => key);
  const opened = (note: string, keys: readonly NoteKey[]) =>
    openCheckpoint(auditCrypto, note, { origin: checkpoints.origin, keys });

  it('bear a name that is made once, of the host and at random', async () => {
    expect(checkpoints.origin).to.match(/^chat\.example\.org\/[0-9a-f]{16}$/);
    expect((await open()).origin).to.equal(checkpoints.origin);
    expect((await open(checkpoints.origin)).origin).to.equal(checkpoints.origin);
    expect(await failureOf(open('other.example.org/log'))).to.be.instanceOf(OtherOriginError);
  });

  it('have one key and one name, also where several nodes start at once', async () => {
    const fresh = await testDatabase();
    try {
      const masterKeys = await testMasterKeys();
      const all = await Promise.all(
        [1, 2, 3].map(() => openCheckpoints({ pool: fresh.pool, masterKeys, origin: undefined, host: HOST })),
      );
      expect(new Set(all.map(({ origin }) => origin))).to.have.property('size', 1);
      expect(await all[0]?.keys()).to.have.length(1);
    } finally {
      await fresh.drop();
    }
  });

  it('are verified by the key of the log alone', async () => {
    await grow(300);
    const { note, size } = (await sign())!;
    const [key] = await keysOf();
    const { root } = await createLogTree(database.pool).head();
    expect(opened(note, [key!])).to.deep.include({ origin: checkpoints.origin, size: 300, root: new Uint8Array(root) });
    expect(size).to.equal(300);
    const stranger = { ...key!, publicKey: Buffer.alloc(32, 7) };
    expect(() => opened(note, [stranger])).to.throw(NoteFault, 'no key of the log');
  });

  it('are kept, each under its size', async () => {
    expect(await sign()).to.equal(undefined);
    await grow(5);
    const first = await sign();
    expect((await sign())?.signedAt, 'the same head is not signed twice').to.equal(first?.signedAt);
    await grow(260);
    await sign();
    expect((await checkpoints.last())?.size).to.equal(265);
    expect(await checkpoints.at(5)).to.deep.equal(first);
    expect(await checkpoints.at(6)).to.equal(undefined);
  });

  describe('are never two that do not fit each other:', () => {
    beforeEach(async () => {
      await grow(300);
      await sign();
      await startAnew();
    });
    const ways: Record<string, [() => Promise<void>, RegExp]> = {
      'a smaller tree': [() => grow(299), /a head of 300 leaves is signed, and the tree has 299/],
      'another tree of that size': [() => grow(300, 'other'), /tree of 300 leaves did not grow out of the signed one/],
      'a larger tree that did not grow out of it': [() => grow(700, 'other'), /tree of 700 leaves did not grow out/],
    };
    for (const [name, [damage, reason]] of Object.entries(ways))
      it(`${name} is not signed, whether by time or with a new key`, async () => {
        await damage();
        for (const attempt of [() => sign(), () => changeLogKey(parts())]) {
          const failure = await failureOf(attempt());
          expect(failure).to.be.instanceOf(TreeFault);
          expect((failure as Error).message).to.match(reason);
        }
        expect((await checkpoints.last())?.size).to.equal(300);
        expect(await checkpoints.keys()).to.have.length(1);
      });

    it('the same tree, made anew, is signed on', async () => {
      await grow(310);
      expect((await sign())?.size).to.equal(310);
    });
  });

  it('are signed by both keys where the key is changed, and by the new one from then on', async () => {
    await grow(10);
    const before = (await sign())!.note;
    expect(await changeLogKey(parts())).to.equal(10);
    const [old, next] = (await keysOf()) as [NoteKey, NoteKey];
    const both = (await checkpoints.at(10))!.note;
    expect(parseNote(both).text).to.equal(parseNote(before).text);
    for (const key of [old, next]) expect(opened(both, [key]).size).to.equal(10);
    await grow(10);
    const after = (await sign())!.note;
    expect(opened(after, [next]).size).to.equal(20);
    expect(() => opened(after, [old])).to.throw(NoteFault);
    expect(opened(before, [old]).size).to.equal(10);
    const ranges = (await checkpoints.keys()).map(({ fromSize, untilSize }) => [fromSize, untilSize]);
    expect(ranges).to.deep.equal([
      [0, 10],
      [10, null],
    ]);
    // Another node, which has not changed the key itself.
    await grow(1);
    expect(opened((await sign(await open()))!.note, [next]).size).to.equal(21);
  });

  it('are signed on when the master key was changed', async () => {
    await grow(10);
    await sign();
    const [previous, current] = [
      'fifty characters that nobody guesses, or so we hope',
      'another master key of fifty characters, more or less',
    ];
    await rotateMasterKey(database.pool, async () => [current, previous]);
    const masterKeys = await testMasterKeys(current);
    const reopened = await openCheckpoints({ pool: database.pool, masterKeys, origin: undefined, host: HOST });
    await grow(1);
    expect(opened((await sign(reopened))!.note, await keysOf()).size).to.equal(11);
    expect(
      (await database.pool.query('select wrapped from security.key_ring where name = $1', ['audit-log-1'])).rows,
    ).to.have.length(1);
  });

  it('are due by the number of events, or by the time, whichever comes first', () => {
    let now = Date.parse('2026-01-01T00:00:59.999Z');
    const isDue = isDueBy({ everyEvents: 100, everySeconds: 60, now: () => now });
    const head = (size: number) => ({ size, position: String(size) as Position, root: new Uint8Array() });
    const last = { size: 50, root: new Uint8Array(), note: '', signedAt: '2026-01-01T00:00:00.000Z' };
    expect(isDue(head(149), last)).to.equal(false);
    expect(isDue(head(150), last)).to.equal(true);
    now += 1;
    expect(isDue(head(51), last)).to.equal(true);
    expect(isDue(head(1), undefined)).to.equal(true);
  });

  it('raise the alarm once where they do not fit, and none is signed while the tree is halted', async () => {
    await grow(20);
    await sign();
    await startAnew();
    await grow(30, 'other');
    const ending = new AbortController();
    const faults: string[] = [];
    let rounds = 0;
    await keepCheckpoints({
      ...parts(),
      everyEvents: 1,
      everySeconds: 60,
      now: Date.now,
      sleep: async () => {
        rounds += 1;
        if (rounds === 3) ending.abort();
      },
      isHalted: async () => faults.length > 0,
      onFault: async (reason) => void faults.push(reason),
    })(new Consumer({ name: 'audit checkpoints', quietSeconds: 1, missed: undefined, now: () => 0 }), ending.signal);
    expect(faults).to.deep.equal(['the tree of 30 leaves did not grow out of the signed one of 20']);
    expect((await checkpoints.last())?.size).to.equal(20);
  });
});
