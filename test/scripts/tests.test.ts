import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect } from 'chai';

const ALL = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((name) => name.endsWith('.test.ts'));

/** Runs a program of one line as Node would, where CI is set to this. */
const evaluate = (program: string, CI: string): string =>
  execFileSync(process.execPath, ['-e', program], {
    encoding: 'utf8',
    env: { ...process.env, CI, CHATAPP_TEST_LEFT_OUT: undefined },
  });

const filesOf = (settings: string, CI = ''): string[] =>
  JSON.parse(evaluate(`console.log(JSON.stringify(require('./scripts/${settings}').spec))`, CI)) as string[];

const TAKES_LONG = Object.keys(
  JSON.parse(
    evaluate(`console.log(JSON.stringify(require('./scripts/test-settings.cjs').TAKES_LONG))`, ''),
  ) as Readonly<Record<string, string>>,
).map((name) => `test/${name}`);

/** Nobody changes one of these without a test of the whole server, before CI has them all. */
const AREAS = [
  'audit',
  'audit-exports',
  'backup',
  'bad-input',
  'cli',
  'client',
  'deliveries',
  'erasure',
  'holds',
  'live',
  'media',
  'operations',
  'presence',
  'resume',
  'search',
  'sessions',
  'start',
  'typing',
  'users',
  'web-pages',
];

describe('A run of the tests', () => {
  it('has each of them where CI is set, and by `npm run test:all`', () => {
    for (const files of [filesOf('tests.cjs', 'true'), filesOf('all-tests.cjs')]) {
      expect(files).to.have.members(ALL);
      expect(files[0]).to.equal('test/e2e/stores-away.e2e.test.ts');
    }
  });

  it('leaves out those that need other stores, or take long, elsewhere', () => {
    for (const CI of ['', 'false']) {
      const files = filesOf('tests.cjs', CI);
      const leftOut = ALL.filter((file) => !files.includes(file));
      expect(leftOut).to.include.members([
        'test/chaos/chaos.e2e.test.ts',
        'test/torture/torture.int.test.ts',
        'test/e2e/on-mongodb.e2e.test.ts',
        'test/e2e/on-kurrentdb.e2e.test.ts',
        'test/infrastructure/projections/mongodb/contract.int.test.ts',
        'test/infrastructure/event-store/kurrentdb-event-store.int.test.ts',
        ...TAKES_LONG,
      ]);
      for (const file of leftOut.filter((name) => !TAKES_LONG.includes(name)))
        expect(file).to.match(/\/chaos|\/torture|(mongodb|gridfs|kurrentdb|nats).*(int|e2e)/);
    }
  });

  it('has tests of the whole server in each area everywhere', () => {
    const files = filesOf('tests.cjs');
    for (const area of AREAS) expect(files, area).to.include(`test/e2e/${area}.e2e.test.ts`);
  });

  it('says at its end what it has left out, and nothing where that is nothing', () => {
    const ends = (settings: string) =>
      evaluate(`require('./scripts/${settings}'); require('./scripts/left-out-tests.cjs').mochaGlobalTeardown()`, '');
    const count = ALL.length - filesOf('tests.cjs').length;
    expect(ends('tests.cjs')).to.match(new RegExp(`^Left out: ${count} files .*npm run test:all.*\\n$`));
    expect(ends('all-tests.cjs')).to.equal('');
  });
});
