import { expect } from 'chai';
import { launchApp } from '../support/app.js';
import { chatapp } from '../support/cli.js';
import { freePort } from '../support/programs.js';
import { openSilentPort, type SilentPort } from '../support/silent-port.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

const LONG_MS = 180_000;
const SECRETS = {
  JWT_SECRET: 'the secret of a server whose stores are not there',
  MASTER_KEY: 'the master key of a server whose stores are not there',
};

type Settings = Readonly<Record<string, string>>;

/** The setting that leads to each store, and what is said when it is away. */
const STORES = {
  PostgreSQL: {
    at: (port: number): Settings => ({ DATABASE_URL: `postgres://a:b@127.0.0.1:${port}/c` }),
    check: 'database',
  },
  MongoDB: { at: (port: number): Settings => ({ MONGODB_URL: `mongodb://127.0.0.1:${port}/c` }), check: 'messages' },
  KurrentDB: {
    at: (port: number): Settings => ({ KURRENTDB_URL: `kurrentdb://127.0.0.1:${port}?tls=false` }),
    check: 'log',
  },
  NATS: { at: (port: number): Settings => ({ NATS_URL: `nats://127.0.0.1:${port}` }), check: 'signals' },
} as const;

const SAID = {
  PostgreSQL: 'the database is out of reach',
  MongoDB: 'MongoDB is out of reach',
  KurrentDB: 'KurrentDB cannot be reached',
} as const;

/** Answers what is said beside the log. */
const plainly = (output: string): string =>
  output
    .split('\n')
    .filter((line) => !line.startsWith('{'))
    .join('\n');

// A store that was away when the server started showed as a stack trace.
describe('Without a store', function () {
  this.timeout(LONG_MS);
  let database: TestDatabase;
  let silent: SilentPort;
  let closedPort: number;

  before(async () => {
    database = await testDatabase();
    silent = await openSilentPort();
    closedPort = await freePort();
  });
  after(async () => {
    await silent.close();
    await database.drop();
  });

  const WAYS = { 'refuses connections': () => closedPort, 'answers nothing': () => silent.port };

  for (const [way, port] of Object.entries(WAYS)) {
    for (const [name, said] of Object.entries(SAID) as [keyof typeof SAID, string][])
      it(`a server says that ${name} ${way}, and ends`, async () => {
        const env = { DATABASE_URL: database.url, ...SECRETS, ...STORES[name].at(port()) };
        const { child, output, ended, place } = await launchApp({ env });
        await ended;
        await place.release();
        expect(child.exitCode, output()).to.equal(1);
        expect(plainly(output())).to.include(said).and.not.include('    at ');
      });

    it(`\`chatapp doctor\` says which one ${way}, and ends`, async () => {
      for (const [name, { at, check }] of Object.entries(STORES)) {
        const { code, out, err } = await chatapp({ DATABASE_URL: database.url, ...SECRETS, ...at(port()) }, 'doctor');
        expect(code, name).to.equal(1);
        expect(out + err, name).to.match(new RegExp(`not all is well:[^\n]*\\b${check}\\b`));
      }
    });
  }
});
