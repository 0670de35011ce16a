import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { createKeyedHashes } from '../../../src/infrastructure/security/keyed-hashes.js';
import { ada, bob } from '../../support/ids.js';

const newKeys = () => ({
  claims: randomBytes(32),
  passwords: randomBytes(32),
  tickets: randomBytes(32),
  requests: randomBytes(32),
});

describe('Keyed hashes', () => {
  const keys = newKeys();
  const hashes = createKeyedHashes(keys);

  it('give a name the same stream each time, without the name in it', () => {
    expect(hashes.usernameStream('ada')).to.equal(createKeyedHashes(keys).usernameStream('ada'));
    expect(hashes.usernameStream('ada')).to.match(/^username-[\w-]{43}$/);
    expect(hashes.emailStream('ada@example.org')).to.match(/^email-[\w-]{43}$/);
  });

  /*
   * The log keeps these hashes for ever: with any others, no name that is taken would be found, and no request that was
   * answered.
   */
  it('are what they were when the log was written', () => {
    const [claims, requests] = ['claims', 'requests'].map((name) => Buffer.alloc(32, name)) as [Buffer, Buffer];
    const fixed = createKeyedHashes({ ...keys, claims, requests });
    expect(fixed.usernameStream('ada')).to.equal('username-_JNL73d5vRSvDa1ridZ7iw9Hmcvz7l_x6ZfHR2reLGw');
    expect(fixed.emailStream('ada@example.org')).to.equal('email-oAFC2--nuSEj1Ir1s9dPY9d49x49Nh1gAIFr4Jn28yY');
    expect(fixed.requestStream(ada, 'POST /a', 'k')).to.equal('request-Fah3ai0UwYFhrh63r0Ngxdn8K2uJcgQ6tvZPDZp7yEY');
    expect(fixed.requestStream(null, 'POST /a', 'k')).to.equal('request-bFEiVKHK3YIWEXk1LBJSJG2vjYGCEI51JHsLGigOv4Y');
    expect(fixed.fingerprint('k', { b: [1, { d: null, c: 'x' }], a: true })).to.equal(
      'f8A5NXWcduemq5j_SuLVvf1UTbhJet9V7BriVWQFKOw',
    );
  });

  it('give other names, kinds and keys other streams', () => {
    const other = createKeyedHashes(newKeys());
    const named = [hashes.usernameStream('ada'), hashes.usernameStream('bob'), other.usernameStream('ada')];
    const mailed = [hashes.emailStream('ada'), hashes.emailStream('bob'), other.emailStream('ada')];
    const ids = [...named, ...mailed].map((stream) => stream.slice(stream.indexOf('-') + 1));
    expect(new Set(ids)).to.have.property('size', ids.length);
  });

  it('distinguish requests by caller, by kind and by key', () => {
    const streams = [
      hashes.requestStream(ada, 'POST /a', 'k'),
      hashes.requestStream(bob, 'POST /a', 'k'),
      hashes.requestStream(null, 'POST /a', 'k'),
      hashes.requestStream(ada, 'POST /b', 'k'),
      hashes.requestStream(ada, 'POST /a', 'l'),
    ];
    expect(new Set(streams)).to.have.property('size', streams.length);
    expect(hashes.requestStream(ada, 'POST /a', 'k')).to.equal(streams[0]);
  });

  it('take bodies for the same whatever the order of their fields, at any depth', () => {
    const one = hashes.fingerprint('k', { a: 1, b: { c: [{ d: 2, e: 3 }], f: null } });
    expect(hashes.fingerprint('k', { b: { f: null, c: [{ e: 3, d: 2 }] }, a: 1 })).to.equal(one);
  });

  it('distinguish bodies that differ', () => {
    const bodies = [{}, [], null, { a: 1 }, { a: '1' }, { a: [1, 2] }, { a: [2, 1] }, { a: { b: 1 } }, { 'a.b': 1 }];
    expect(new Set(bodies.map((body) => hashes.fingerprint('k', body)))).to.have.property('size', bodies.length);
  });
});
