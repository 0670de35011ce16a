import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { askWitness, WitnessFailedError, WitnessRefusedError } from '../../../src/application/audit/ask-witness.js';
import { changeLogKey, signCheckpoint } from '../../../src/application/audit/sign-checkpoint.js';
import { tellHeads, type HeadDestination } from '../../../src/application/audit/tell-heads.js';
import { Consumer } from '../../../src/application/consumers/consumer.js';
import type { Checkpoints } from '../../../src/application/ports/checkpoints.js';
import { openCheckpoint } from '../../../src/domain/audit/open-checkpoint.js';
import { aloneIn, TELLING_LOCK } from '../../../src/infrastructure/audit/alone.js';
import { auditCrypto } from '../../../src/infrastructure/audit/ed25519.js';
import {
  fileDestination,
  urlDestination,
  witnessDestination,
} from '../../../src/infrastructure/audit/head-destinations.js';
import { openCheckpoints } from '../../../src/infrastructure/audit/postgres-checkpoints.js';
import { createLogTree } from '../../../src/infrastructure/audit/postgres-log-tree.js';
import { sha256 } from '../../../src/infrastructure/audit/sha256.js';
import { parseWitnesses } from '../../../src/infrastructure/audit/witness-address.js';
import { witnessAt } from '../../../src/infrastructure/audit/witness-client.js';
import { createWitnessStates } from '../../../src/infrastructure/audit/witness-states.js';
import { checkWitnesses } from '../../../src/infrastructure/doctor/audit-check.js';
import { failureOf } from '../../contracts/projection-steps.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { growTreeOf, startTreeAnew } from '../../support/numbered-tree.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { TestWitness } from '../../support/test-witness.js';

const ORIGIN = 'chat.example.org/log';

describe('Witnesses', () => {
  let database: TestDatabase;
  let checkpoints: Checkpoints;
  let witness: TestWitness;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chatapp-checkpoint-'));
    database = await testDatabase();
    checkpoints = await openCheckpoints({
      pool: database.pool,
      masterKeys: await testMasterKeys(),
      origin: ORIGIN,
      host: 'chat.example.org',
    });
    witness = await new TestWitness('witness.example.org/1', 1).start();
    witness.trust(ORIGIN, await keys());
  });
  afterEach(async () => {
    await witness.stop();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const keys = async () => (await checkpoints.keys()).map(({ key }) => key);
  const states = () => createWitnessStates(database.pool);
  const asking = () => ({ checkpoints, tree: createLogTree(database.pool), crypto: auditCrypto, states: states() });
  const client = () => witnessAt(parseWitnesses(witness.address)[0]!);
  const ask = () => askWitness(asking(), client());
  const grow = async (leaves: number, seed = '') => {
    await growTreeOf(database.pool, leaves, seed);
    return (await signCheckpoint(signing(), () => true))!;
  };
  const signing = () => ({ checkpoints, tree: createLogTree(database.pool), sha256 });
  const opened = async (size: number) =>
    openCheckpoint(auditCrypto, (await checkpoints.at(size))!.note, {
      origin: ORIGIN,
      keys: await keys(),
      witnesses: [witness.key],
      quorum: 1,
    });

  it('are shown each head with the proof that the log only grew, and their cosignatures stand under it', async () => {
    await grow(10);
    await ask();
    await grow(290);
    await ask();
    expect(witness.head.size).to.equal(300);
    expect(witness.asked.map((body) => body.split('\n')[0])).to.deep.equal(['old 0', 'old 10']);
    for (const size of [10, 300])
      expect((await opened(size)).witnessed.map(({ name }) => name)).to.deep.equal([witness.key.name]);
    expect(await states().find(witness.key.name)).to.deep.include({ size: 300, refusedBecause: null, awaySince: null });
  });

  it('are told from where they are, where that was forgotten here', async () => {
    await grow(10);
    await ask();
    await database.pool.query('delete from audit.witnesses');
    await grow(10);
    await ask();
    expect(witness.asked.map((body) => body.split('\n')[0])).to.deep.equal(['old 0', 'old 0', 'old 10']);
    expect((await opened(20)).size).to.equal(20);
  });

  it('keep their cosignature where the key of the log is changed, and sign with the new one', async () => {
    await grow(10);
    await ask();
    await changeLogKey(signing());
    witness.trust(ORIGIN, await keys());
    expect((await opened(10)).size).to.equal(10);
    await grow(5);
    await ask();
    expect((await opened(15)).size).to.equal(15);
  });

  const refused = async (): Promise<string> => {
    const failure = await failureOf(ask());
    expect(failure).to.be.instanceOf(WitnessRefusedError);
    return (failure as Error).message;
  };

  describe('refuse', () => {
    beforeEach(async () => {
      await grow(20);
      await ask();
      await database.pool.query('delete from audit.checkpoints');
      await startTreeAnew(database.pool);
    });
    const signatureOf = async (size: number) => (await checkpoints.at(size))!.note;

    it('a log that was set back to an older copy', async () => {
      await grow(15);
      expect(await refused()).to.equal('it has seen a head of 20 events, and the log has signed up to 15');
      expect(await signatureOf(15)).not.to.include(witness.key.name);
    });

    it('another log of that size by the same name', async () => {
      await grow(20, 'other');
      expect(await refused()).to.equal('it has seen another root of 20 events than the log has signed');
    });

    // The server shows one history to its auditors and another one to the witness.
    it('a split view: a larger log that did not grow out of what they have seen', async () => {
      await grow(30, 'other');
      expect(await refused()).to.match(/it has seen another log by this name/);
      expect(witness.head.size).to.equal(20);
      expect(await signatureOf(30)).not.to.include(witness.key.name);
    });

    it('a log or a key that they do not know', async () => {
      await grow(25);
      witness.trust(ORIGIN, [{ ...(await keys())[0]!, publicKey: Buffer.alloc(32, 9) }]);
      expect(await refused()).to.equal('it does not trust the keys of the log');
      witness.trust('other.example.org', await keys());
      expect(await refused()).to.equal('it does not know the log by this name');
    });
  });

  const NO_ANSWERS: Record<string, TestWitness['answersWith']> = {
    'a failure': { status: 500, body: '' },
    'a conflict without a size': { status: 409, body: 'later\n', type: 'text/x.tlog.size' },
    'a conflict of another type': { status: 409, body: '3\n' },
    'no signature': { status: 200, body: 'thank you\n' },
    'the signature of somebody else': { status: 200, body: `\u2014 other.example.org ${'A'.repeat(8)}\n` },
    'more than any answer is': { status: 200, body: 'x'.repeat(100_000) },
  };
  for (const [name, answer] of Object.entries(NO_ANSWERS))
    it(`have signed nothing that answer with ${name}`, async () => {
      await grow(5);
      witness.answersWith = answer;
      const failure = await failureOf(ask());
      expect(failure).to.be.instanceOf(name.startsWith('more') ? RangeError : WitnessFailedError);
      expect((await checkpoints.at(5))!.note).not.to.include('\u2014 other');
      witness.answersWith = undefined;
      await ask();
      expect((await opened(5)).size).to.equal(5);
    });

  const alarms = () => {
    const told = { refused: [] as string[], replaced: [] as string[], away: [] as string[] };
    return {
      told,
      onRefused: (_: string, reason: string) => void told.refused.push(reason),
      onReplaced: (_: string, reason: string) => void told.replaced.push(reason),
      onAway: (name: string) => void told.away.push(name),
    };
  };
  /** Goes through so many rounds, a second apart. */
  const rounds = async (count: number, ...destinations: HeadDestination[]) => {
    const ending = new AbortController();
    let [now, left] = [0, count];
    await tellHeads({
      checkpoints,
      destinations,
      alone: aloneIn(database.pool, TELLING_LOCK),
      now: () => now,
      sleep: async () => {
        now += 1_000;
        if ((left -= 1) === 0) ending.abort();
      },
    })(new Consumer({ name: 'audit witnesses', quietSeconds: 1, missed: undefined, now: () => 0 }), ending.signal);
  };

  it('that are away are tried again, less and less often, noticed, and given what they missed', async () => {
    await grow(5);
    const { port } = witness;
    const address = client();
    await witness.stop();
    const { told, ...handlers } = alarms();
    const destination = witnessDestination(asking(), address, handlers);
    await rounds(16, destination);
    expect(told.away).to.have.length(5); // at once, and 1, 2, 4 and 8 seconds later
    expect((await states().find(witness.key.name))?.awaySince).to.be.a('string');
    expect(await checkWitnesses(states())()).to.include({ status: 'warning' });
    const back = await new TestWitness(witness.key.name, 1).start(port);
    back.trust(ORIGIN, await keys());
    witness = back;
    await rounds(1, witnessDestination(asking(), address, handlers));
    expect((await opened(5)).size).to.equal(5);
    expect(await checkWitnesses(states())()).to.include({
      status: 'ok',
      detail: `${witness.key.name} has signed 5 events`,
    });
  });

  it('that refuse raise the alarm once, and go on to be asked', async () => {
    await grow(20);
    await ask();
    await database.pool.query('delete from audit.checkpoints');
    await startTreeAnew(database.pool);
    await grow(25, 'other');
    const { told, ...handlers } = alarms();
    await rounds(4, witnessDestination(asking(), client(), handlers));
    expect(told.refused).to.have.length(1);
    expect(witness.asked.length).to.be.greaterThan(2);
    const found = await checkWitnesses(states())();
    expect(found.status).to.equal('failure');
    expect(found.detail).to.match(/has seen another log by this name/);
  });

  it('are not the only ones: a file holds the newest head, and an address is sent each', async () => {
    const sent: string[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        sent.push(body);
        response.writeHead(sent.length === 1 ? 503 : 204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const file = join(folder, 'checkpoint.txt');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/heads`;
      const { told, ...handlers } = alarms();
      const both = [fileDestination(file, asking(), handlers), urlDestination(url, checkpoints, handlers)];
      const first = await grow(5);
      await rounds(1, ...both);
      expect(await readFile(file, 'utf8')).to.equal(first.note);
      expect(told.away).to.have.length(1);
      const second = await grow(5);
      await rounds(3, ...both);
      expect(await readFile(file, 'utf8')).to.equal(second.note);
      expect(await readdir(folder)).to.deep.equal(['checkpoint.txt']);
      expect(sent).to.deep.equal([first.note, second.note]);
    } finally {
      server.close();
    }
  });

  // The file was written over within a second by whatever database was put in the place of the one that had signed it.
  it('are not needed to see from the file that the database was replaced by an older one', async () => {
    const file = join(folder, 'checkpoint.txt');
    const { told, ...handlers } = alarms();
    const tell = () => rounds(1, fileDestination(file, asking(), handlers));
    const kept = (await grow(20)).note;
    await tell();
    await startTreeAnew(database.pool);
    await database.pool.query('truncate audit.checkpoints');
    await grow(10, 'other');
    await tell();
    await grow(30, 'other');
    await tell();
    expect(await readFile(file, 'utf8')).to.equal(kept);
    expect(told.replaced).to.have.length(2);
    expect(told.replaced[0]).to.match(/a head of 20 leaves is signed, and the tree has 10/);
    expect(told.replaced[1]).to.match(/tree of 40 leaves did not grow out of the signed one of 20/);
    await rm(file);
    await tell();
    expect(await readFile(file, 'utf8')).to.equal((await checkpoints.last())?.note);
  });

  it('are configured by key and address', () => {
    const [, vkey = ''] = /^(\S+) /.exec(witness.address) ?? [];
    expect(parseWitnesses(`${vkey} https://w.example.org/1`)).to.deep.equal([
      { key: { ...witness.key, publicKey: new Uint8Array(witness.key.publicKey) }, url: 'https://w.example.org/1' },
    ]);
    const wrong: Record<string, RegExp> = {
      [vkey]: /takes one address/,
      [`${vkey} ftp://w.example.org`]: /takes one address/,
      [`${vkey} https://a.org https://b.org`]: /takes one address/,
      [`${vkey} https://a.org,${vkey} https://b.org`]: /two witnesses have the same name/,
      'w.example.org https://w.example.org': /a key is written as/,
    };
    for (const [given, reason] of Object.entries(wrong)) expect(() => parseWitnesses(given), given).to.throw(reason);
  });
});
