import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { ConfigError, loadConfig, settings } from '../../src/infrastructure/config.js';

const JWT_SECRET = '5d41402abc4b2a76b9719d911017c592';
const MASTER_KEY = '7d793037a0760186574b0282f2f435e7';
const production = { NODE_ENV: 'production', JWT_SECRET, MASTER_KEY, PUBLIC_URL: 'https://chat.example.org' };

/** Answers the faults for which an environment is refused, one a line. */
const faultsOf = (env: Readonly<Record<string, string>>): string[] => {
  try {
    loadConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.replace('  - ', ''));
  }
  return [];
};

describe('The configuration', () => {
  it('is complete without any setting', () => {
    const config = loadConfig({});
    expect(config).to.include({ HOST: '127.0.0.1', PORT: 3_000, DATA_DIR: './data', BCRYPT_COST: 12 });
    expect(config.DATABASE_URL).to.equal(undefined);
  });

  it('takes an empty value for none', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: '', ACCESS_TOKEN_TTL: '' })).to.deep.equal(loadConfig({}));
  });

  it('cannot be changed', () => {
    expect(loadConfig({})).to.be.frozen;
  });

  for (const [text, seconds] of [
    ['90', 90],
    ['90s', 90],
    ['15m', 900],
    ['24h', 86_400],
    ['7d', 604_800],
  ] as const)
    it(`reads the duration ${text} as ${seconds} seconds`, () => {
      expect(loadConfig({ ACCESS_TOKEN_TTL: text }).ACCESS_TOKEN_TTL).to.equal(seconds);
    });

  for (const text of ['0', '-5', '1.5h', '5 m', '1w', 'soon'])
    it(`refuses the duration "${text}"`, () => {
      expect(faultsOf({ REFRESH_TOKEN_TTL: text })).to.have.lengthOf(1);
      expect(faultsOf({ REFRESH_TOKEN_TTL: text })[0]).to.match(/^REFRESH_TOKEN_TTL takes /);
    });

  it('reads origins that are parted by commas', () => {
    expect(loadConfig({}).CORS_ORIGIN).to.equal(undefined);
    const given = 'https://web.example.org, http://localhost:5173,*';
    expect(loadConfig({ CORS_ORIGIN: given }).CORS_ORIGIN).to.deep.equal(given.split(/, ?/));
  });

  for (const text of [
    'web.example.org',
    'https://web.example.org/',
    'https://web.example.org/chat',
    'ftp://a.org',
    'null',
    'https://a.org,,',
  ])
    it(`refuses the origin "${text}"`, () => {
      expect(faultsOf({ CORS_ORIGIN: text })[0]).to.match(/^CORS_ORIGIN takes origins /);
    });

  it('lists every fault, those of production among them', () => {
    const faults = faultsOf({
      NODE_ENV: 'production',
      PORT: '70000',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://localhost/chat',
      JWT_SECRET: 'short',
      BCRYPT_COST: '8',
    });
    expect(faults.map((fault) => fault.split(' ')[0])).to.have.members([
      'PORT',
      'LOG_LEVEL',
      'DATABASE_URL',
      'JWT_SECRET',
      'MASTER_KEY',
      'PUBLIC_URL',
      'BCRYPT_COST',
    ]);
  });

  it('does not repeat what it refuses, which may be a secret', () => {
    const faults = faultsOf({ JWT_SECRET: 'hunter2', DATABASE_URL: 'mysql://ada:hunter2@localhost/chat' });
    expect(faults).to.have.lengthOf(2);
    expect(faults.join()).to.not.contain('hunter2');
  });

  it('takes the URL of a MongoDB, also with several hosts', () => {
    for (const MONGODB_URL of [
      'mongodb://127.0.0.1:27017',
      'mongodb://ada:word@a:1,b:2/chat?replicaSet=rs',
      'mongodb+srv://a.example/chat',
    ])
      expect(faultsOf({ MONGODB_URL }), MONGODB_URL).to.deep.equal([]);
    for (const MONGODB_URL of ['postgres://127.0.0.1', 'mongodb://', '127.0.0.1:27017', 'mongodb://a b'])
      expect(faultsOf({ MONGODB_URL })[0], MONGODB_URL).to.match(/^MONGODB_URL takes a URL/);
  });

  it('takes the address of a KurrentDB server, or of several', () => {
    for (const url of [
      'kurrentdb://127.0.0.1:2113?tls=false',
      'kurrentdb://ada:secret@one:2113,two:2113,three:2113?tls=true&nodePreference=leader',
      'kurrentdb+discover://log.example.org/?tlsVerifyCert=false',
      'esdb://log.example.org',
    ])
      expect(loadConfig({ KURRENTDB_URL: url }).KURRENTDB_URL).to.equal(url);
    for (const url of ['http://log.example.org:2113', 'kurrentdb://', 'log.example.org', 'kurrentdb+srv://log'])
      expect(faultsOf({ KURRENTDB_URL: url })).to.deep.equal([
        'KURRENTDB_URL takes a URL that begins with kurrentdb:// or kurrentdb+discover://',
      ]);
  });

  // NODE_ENV=prod counted as development: no secrets were required, and the mailbox was open.
  for (const name of ['prod', 'Production', 'staging'])
    it(`refuses the unknown NODE_ENV ${name}`, () => {
      expect(faultsOf({ NODE_ENV: name })).to.have.lengthOf(1);
      expect(faultsOf({ NODE_ENV: name })[0]).to.match(/^NODE_ENV /);
    });

  // With HOST=0.0.0.0 a server in development gave every account away: an attacker asked for a reset, read the mailbox,
  // reset the password and logged in.
  for (const HOST of ['0.0.0.0', '::', '192.168.1.5', 'chat.example.org', '127.0.0.1.example.org']) {
    it(`refuses HOST ${HOST} unless it is said that others are meant to reach it`, () => {
      for (const NODE_ENV of ['development', 'test'])
        expect(faultsOf({ HOST, NODE_ENV })[0]).to.match(
          /^HOST is beyond this machine: set NODE_ENV=production, or ALLOW/,
        );
      expect(faultsOf({ HOST })).to.have.lengthOf(1);
      expect(faultsOf({ HOST, ALLOW_REMOTE_DEVELOPMENT: 'false' })).to.have.lengthOf(1);
      expect(faultsOf({ HOST, ALLOW_REMOTE_DEVELOPMENT: 'true' })).to.deep.equal([]);
      expect(faultsOf({ ...production, HOST })).to.deep.equal([]);
    });
  }

  for (const HOST of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
    it(`takes HOST ${HOST} as it is`, () => expect(faultsOf({ HOST })).to.deep.equal([]));

  describe('in production', () => {
    it('is accepted with secrets and an address', () => {
      expect(faultsOf(production)).to.deep.equal([]);
    });

    for (const name of ['JWT_SECRET', 'MASTER_KEY', 'PUBLIC_URL'])
      it(`needs ${name}`, () => {
        expect(faultsOf({ ...production, [name]: '' })).to.deep.equal([
          `${name} must be set when NODE_ENV is production`,
        ]);
      });

    for (const [what, secret] of [
      ['short', 'short'],
      ['repeated', 'changeme'.repeat(8)],
    ] as const)
      it(`refuses a ${what} secret`, () => {
        expect(faultsOf({ ...production, MASTER_KEY: secret })[0]).to.match(/^MASTER_KEY (needs|repeats)/);
      });

    it('refuses one secret for two ends', () => {
      expect(faultsOf({ ...production, MASTER_KEY: JWT_SECRET })[0]).to.match(/^MASTER_KEY must differ/);
    });
  });
});

describe('.env.example', () => {
  const example = async () => parseEnv(await readFile(new URL('../../.env.example', import.meta.url), 'utf8'));

  it('lists every setting', async () => {
    expect(Object.keys(await example())).to.have.members(Object.keys(settings.shape));
  });

  it('gives each its default', async () => {
    const given = await example();
    expect(loadConfig(given)).to.deep.equal(loadConfig({}));
    const defaults = Object.entries(loadConfig({})).filter(([, value]) => value !== undefined);
    expect(defaults.filter(([name]) => given[name] === '')).to.deep.equal([]);
  });
});
