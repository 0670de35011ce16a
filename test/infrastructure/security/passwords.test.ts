import { expect } from 'chai';
import bcrypt from 'bcrypt';
import { randomBytes } from 'node:crypto';
import { PasswordsOverloadedError } from '../../../src/application/ports/passwords.js';
import { boundsOf, createPasswords } from '../../../src/infrastructure/security/passwords.js';
import { failureOf } from '../../../src/interfaces/failure.js';

const COST = 4;
const BCRYPT_READS_BYTES = 72;

describe('Passwords', () => {
  const key = randomBytes(32);
  const opened = createPasswords(key, COST);

  // Each log-in of a flood took a place on the four threads of the process, and all other work waited behind it.
  it('are refused when too many wait, known users and unknown ones alike, and taken again later', async () => {
    const passwords = await createPasswords(key, COST, { atOnce: 1, mayWait: 2 });
    const hash = await passwords.hash('correct horse');
    const flood = await Promise.allSettled([
      passwords.matches('correct horse', hash),
      passwords.matches('correct horse', null),
      passwords.hash('correct horse'),
      passwords.matches('correct horse', hash),
      passwords.matches('correct horse', null),
      passwords.hash('correct horse'),
    ]);
    expect(flood.map(({ status }) => status)).to.deep.equal([
      ...Array<string>(3).fill('fulfilled'),
      ...Array<string>(3).fill('rejected'),
    ]);
    for (const outcome of flood.slice(3)) {
      const reason: unknown = (outcome as PromiseRejectedResult).reason;
      expect(reason).to.be.instanceOf(PasswordsOverloadedError);
      expect(failureOf(reason)).to.deep.equal({ code: 'overloaded', retryAfterSeconds: 1, isOurs: false });
    }
    expect(await passwords.matches('correct horse', hash)).to.equal(true);
  });

  it('are hashed by as many threads as there are processors, one left free, and wait for seconds at most', () => {
    expect([1, 2, 3, 64].map((processors) => boundsOf(12, processors).atOnce)).to.deep.equal([1, 2, 3, 3]);
    expect([10, 12, 14, 15].map((cost) => boundsOf(cost, 2).mayWait)).to.deep.equal([160, 40, 10, 8]);
  });

  // The log keeps the hashes of passwords: if they were made in another way, nobody could log in any more.
  it('match what was hashed when the log was written', async () => {
    const passwords = await createPasswords(Buffer.alloc(32, 'passwords'), COST);
    const hash = '$2b$04$AwURrGQRavQ.r0Wjm.zlp.Z.jwiZmc7VdduecIK3IrcKpf0U9xZiK';
    expect(await passwords.matches('correct horse', hash)).to.equal(true);
  });

  it('match their own hash, and no other', async () => {
    const passwords = await opened;
    const hash = await passwords.hash('correct horse');
    expect(await passwords.matches('correct horse', hash)).to.equal(true);
    for (const wrong of ['', 'correct horse ', 'Correct horse', hash])
      expect(await passwords.matches(wrong, hash), wrong).to.equal(false);
  });

  it('count to their last character, however long', async () => {
    const passwords = await opened;
    const start = 'x'.repeat(99);
    const hash = await passwords.hash(`${start}a`);
    expect(await passwords.matches(`${start}a`, hash)).to.equal(true);
    expect(await passwords.matches(`${start}b`, hash)).to.equal(false);
    expect(await passwords.matches('x'.repeat(BCRYPT_READS_BYTES), hash)).to.equal(false);
  });

  it('count behind a NUL character', async () => {
    const passwords = await opened;
    const hash = await passwords.hash('before\0after');
    expect(await passwords.matches('before\0other', hash)).to.equal(false);
  });

  it('are the same however their letters are composed', async () => {
    const passwords = await opened;
    const hash = await passwords.hash('caf\u00e9');
    expect(await passwords.matches('cafe\u0301', hash)).to.equal(true);
  });

  it('have another hash each time, of the cost that was asked for', async () => {
    const passwords = await opened;
    const [one, other] = [await passwords.hash('same'), await passwords.hash('same')];
    expect(one).to.not.equal(other);
    expect(bcrypt.getRounds(one)).to.equal(COST);
  });

  it('cannot be checked without the key of the server', async () => {
    const hash = await (await opened).hash('correct horse');
    expect(await bcrypt.compare('correct horse', hash)).to.equal(false);
    const elsewhere = await createPasswords(randomBytes(32), COST);
    expect(await elsewhere.matches('correct horse', hash)).to.equal(false);
  });

  /** Answers the hashes with which passwords are compared while this is done, and how many are made. */
  const watched = async (work: () => Promise<void>) => {
    const { compare, hash } = bcrypt;
    const seen = { compared: [] as string[], hashed: 0 };
    Object.assign(bcrypt, {
      compare: (digest: string, known: string) => {
        seen.compared.push(known);
        return compare(digest, known);
      },
      hash: (digest: string, cost: number) => {
        seen.hashed += 1;
        return hash(digest, cost);
      },
    });
    try {
      await work();
    } finally {
      Object.assign(bcrypt, { compare, hash });
    }
    return seen;
  };

  it('never match where there is nobody, and are compared all the same', async () => {
    const { compared } = await watched(async () => {
      for (const password of ['', 'correct horse'])
        expect(await (await opened).matches(password, null)).to.equal(false);
    });
    expect(compared.map((hash) => bcrypt.getRounds(hash))).to.deep.equal([COST, COST]);
    // Otherwise bcrypt would refuse it before it does any work.
    for (const hash of compared) expect(hash).to.match(/^\$2b\$04\$[./A-Za-z0-9]{53}$/);
  });

  // Each command of the tool hashed a password at the full cost before it began.
  it('are opened without a hash', async () => {
    const { hashed } = await watched(async () => {
      await createPasswords(key, COST);
    });
    expect(hashed).to.equal(0);
  });
});
