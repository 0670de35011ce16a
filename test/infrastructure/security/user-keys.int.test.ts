import { expect } from 'chai';
import type pg from 'pg';
import { UserErasedError } from '../../../src/application/ports/event-codec.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import type { UserKey } from '../../../src/infrastructure/security/user-key.js';
import { PostgresUserKeys } from '../../../src/infrastructure/security/user-keys.js';
import { rotateMasterKey, usedMasterKeys } from '../../../src/infrastructure/security/rewrap-keys.js';
import { openKeyRing } from '../../../src/infrastructure/security/key-ring.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { ada, bob, cleo, userNumber } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const OLD = 'the first master key, of more than 32 characters';
const NEW = 'the second master key, of more than 32 characters';

describe('The keys of users', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database.drop());

  /** Opens user keys that remember nothing, as another node has them. */
  const open = async (...masterKeys: string[]) =>
    new PostgresUserKeys(database.pool, await testMasterKeys(...(masterKeys as [string, ...string[]])));
  const keyOf = async (keys: PostgresUserKeys, userId: UserId): Promise<UserKey> =>
    (await keys.forWriting([userId])).get(userId)!;
  const destroy = (userId: UserId) =>
    database.pool.query('update security.person_keys set wrapped = null, master_key = null where user_id = $1', [
      userId,
    ]);
  const failureOf = (work: Promise<unknown>) => work.catch((error: unknown) => error);

  it('are made once for each, whatever number of nodes ask at once', async () => {
    const nodes = await Promise.all(Array.from({ length: 6 }, () => open(OLD)));
    const keys = await Promise.all(nodes.map((node) => keyOf(node, ada)));
    const sealed = keys.map((key) => key.seal('Ada', 'UserRegistered e1'));
    expect(new Set(sealed).size).to.equal(1);
    expect(keys[5]?.open(sealed[0] ?? '', 'UserRegistered e1')).to.equal('Ada');
    expect((await keyOf(nodes[0]!, bob)).seal('Ada', 'UserRegistered e1')).not.to.equal(sealed[0]);
  });

  it('that were destroyed are neither opened nor made anew', async () => {
    await keyOf(await open(OLD), ada);
    await destroy(ada);
    const node = await open(OLD);
    expect((await node.forReading([ada])).get(ada)).to.equal(null);
    expect(await failureOf(node.forWriting([ada]))).to.be.instanceOf(UserErasedError);
  });

  it('are forgotten at once where the erasure is seen, before they are destroyed', async () => {
    const node = await open(OLD);
    await keyOf(node, ada);
    node.forget(ada);
    expect((await node.forReading([ada])).get(ada)).to.equal(null);
    expect(await failureOf(node.forWriting([ada, bob]))).to.be.instanceOf(UserErasedError);
  });

  it('are left out for somebody who never had one', async () => {
    expect((await (await open(OLD)).forReading([cleo])).has(cleo)).to.equal(false);
  });

  describe('in memory', () => {
    /** The number of queries to the database. */
    let asked: number;
    beforeEach(() => (asked = 0));
    const openWith = async (mostYoung?: number) => {
      const watched = {
        query: (query: pg.QueryConfig) => {
          asked += 1;
          return database.pool.query(query);
        },
      };
      return new PostgresUserKeys(
        watched as unknown as pg.Pool,
        await testMasterKeys(OLD),
        mostYoung === undefined ? {} : { mostYoung },
      );
    };

    it('are those that were read, by user and by reference, and are not asked for again', async () => {
      const { reference } = await keyOf(await open(OLD), ada);
      const node = await openWith();
      expect([node.peek(ada), node.peek(reference)]).to.deep.equal([undefined, undefined]);
      const read = await node.forReading([reference]);
      expect(asked).to.equal(1);
      const key = node.peek(ada);
      expect(key?.reference).to.equal(reference);
      expect(node.peek(reference)).to.equal(key);
      expect([...read]).to.deep.equal([
        [ada, key],
        [reference, key],
      ]);
      expect((await node.forWriting([ada])).get(ada)).to.equal(key);
      expect([...(await node.forReading([ada, reference]))]).to.deep.equal([
        [ada, key],
        [reference, key],
      ]);
      expect(asked).to.equal(1);
      node.forget(ada);
      expect([node.peek(ada), node.peek(reference)]).to.deep.equal([null, null]);
    });

    it('are asked for by those that are missing alone, and made where there is none', async () => {
      const before = await keyOf(await open(OLD), bob);
      const node = await openWith();
      await node.forWriting([ada]);
      expect(asked, 'to look, to make, to read back').to.equal(3);
      const keys = await node.forWriting([ada, bob]);
      expect(asked).to.equal(4);
      expect([...keys.keys()]).to.have.members([ada, bob]);
      expect(keys.get(bob)?.seal('text', 'e1')).to.equal(before.seal('text', 'e1'));
      expect((await node.forReading([bob])).get(bob)).to.equal(keys.get(bob));
    });

    it('are so many of late, and as many of the time before', async () => {
      const users = Array.from({ length: 5 }, (_, n) => userNumber(10 + n));
      const node = await openWith(2);
      for (const userId of users) await node.forWriting([userId]);
      expect(users.map((userId) => node.peek(userId) !== undefined)).to.deep.equal([false, false, true, true, true]);
      asked = 0;
      await node.forWriting([users[3]!]);
      expect(asked).to.equal(0);
    });

    it('stay forgotten, also where they are of the time before', async () => {
      const node = await openWith(1);
      await node.forWriting([ada]);
      await node.forWriting([bob]);
      node.forget(ada);
      expect(node.peek(ada)).to.equal(null);
    });

    it('are not there where they were forgotten while they were read', async () => {
      await keyOf(await open(OLD), ada);
      const node = await openWith();
      const reading = node.forReading([ada]);
      node.forget(ada);
      expect((await reading).get(ada)).to.equal(null);
      expect(node.peek(ada)).to.equal(null);
    });

    // The note that a key is forgotten went with the keys of the time before, and what was being read then was kept: from then on, this
    // server opened what an erased user had written.
    it('are not there where they were forgotten while they were read, and many others were read meanwhile', async () => {
      for (const userId of [ada, bob, cleo]) await keyOf(await open(OLD), userId);
      let answer = (): void => undefined;
      const isAnswered = new Promise<void>((resolve) => (answer = resolve));
      let isFirst = true;
      const slow = {
        query: async (query: pg.QueryConfig) => {
          const isHeld = isFirst;
          isFirst = false;
          const rows = await database.pool.query(query);
          if (isHeld) await isAnswered;
          return rows;
        },
      };
      const node = new PostgresUserKeys(slow as unknown as pg.Pool, await testMasterKeys(OLD), { mostYoung: 1 });
      const reading = node.forReading([ada]);
      node.forget(ada);
      await node.forReading([bob]);
      await node.forReading([cleo]);
      answer();
      expect((await reading).get(ada)).to.equal(null);
      expect(node.peek(ada)).to.equal(null);
      expect((await node.forReading([ada])).get(ada), 'before it is destroyed').to.equal(null);
    });

    it('are not there either where their row is damaged', async () => {
      await keyOf(await open(OLD), ada);
      await database.pool.query(`update security.person_keys set wrapped = '' where user_id = $1`, [ada]);
      const node = await openWith();
      const reading = node.forReading([ada]);
      node.forget(ada);
      expect((await reading).get(ada)).to.equal(null);
    });
  });

  it('do not open under the name of another', async () => {
    const node = await open(OLD);
    await node.forWriting([ada, bob]);
    await database.pool.query(
      `update security.person_keys set wrapped = (select wrapped from security.person_keys where user_id = $1) where user_id = $2`,
      [ada, bob],
    );
    const key = (await (await open(OLD)).forReading([bob])).get(bob);
    expect(() => key?.seal('text', 'e1')).to.throw(`the key person ${bob} does not open`);
  });

  describe('when the master key is changed', () => {
    it('stay what they are, under the new one alone', async () => {
      const masterKeys = await testMasterKeys(OLD);
      const ring = await openKeyRing(database.pool, masterKeys);
      const sealed = (await keyOf(await open(OLD), ada)).seal('Ada', 'UserRegistered e1');
      const both = await testMasterKeys(NEW, OLD);
      expect((await keyOf(await open(NEW, OLD), ada)).open(sealed, 'UserRegistered e1')).to.equal('Ada');
      const rotate = () => rotateMasterKey(database.pool, () => Promise.resolve([NEW, OLD]));
      expect(await rotate()).to.deep.equal({ keys: 5, masterKey: await both.current() });
      expect(await rotate(), 'once more').to.include({ keys: 0 });
      expect([...(await usedMasterKeys(database.pool))]).to.deep.equal([await both.current()]);
      expect((await keyOf(await open(NEW), ada)).open(sealed, 'UserRegistered e1')).to.equal('Ada');
      expect(await openKeyRing(database.pool, await testMasterKeys(NEW))).to.deep.equal(ring);
      expect(await failureOf((await open(OLD)).forReading([ada]))).to.be.instanceOf(Error);
    });

    it('are wrapped in more than one batch, destroyed ones left alone', async () => {
      const node = await open(OLD);
      const users = Array.from({ length: 6 }, (_, n) => userNumber(10 + n));
      await node.forWriting(users);
      await destroy(users[0]!);
      const told: number[] = [];
      const newest = () => Promise.resolve([NEW, OLD]);
      const { keys } = await rotateMasterKey(database.pool, newest, (done) => told.push(done), 2);
      expect(keys).to.equal(5);
      expect(told).to.deep.equal([2, 4, 5]);
    });
  });
});
