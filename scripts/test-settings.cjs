// Makes mocha's settings for `npm test` and `npm run test:all`: which tests run, in which order.
const { readdirSync } = require('node:fs');
const { resolve } = require('node:path');

/** What takes longest begins first: nobody waits for it at the end. */
const FIRST = [
  'e2e/stores-away',
  'e2e/on-mongodb',
  'chaos/chaos',
  'e2e/on-kurrentdb',
  'e2e/presence',
  'e2e/started-without-store',
  'torture/torture',
  'infrastructure/event-store/postgres-event-store',
  'infrastructure/read-models/postgres/contract',
  'infrastructure/media/gridfs-kills',
  'infrastructure/postgres/embedded-postgres',
  'e2e/rebuild',
];
/** Tests of a whole server come before those of its parts, and these before those that need no store. */
const KINDS = ['.e2e.test.ts', '.int.test.ts', '.test.ts'];

const placeOf = (file) => {
  const first = FIRST.findIndex((name) => file.startsWith(`test/${name}.`));
  return first === -1 ? FIRST.length + KINDS.findIndex((kind) => file.endsWith(kind)) : first;
};

const allTests = () =>
  readdirSync('test', { recursive: true })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .sort((one, other) => placeOf(one) - placeOf(other));

/** These files take long. They try faults and limits, beside others that try the same area, or tools of the project. */
const TAKES_LONG = {
  'architecture/lint.test.ts': 'has the linter read files with the types of the whole project',
  'e2e/accessible-pages.e2e.test.ts':
    'looks through each page in a browser, on three screens; docs-page.e2e.test.ts and web-pages.e2e.test.ts open them',
  'e2e/audit-export-full-disk.e2e.test.ts': 'fills the disk of the log while 60 MiB are exported',
  'e2e/audit-export-limits.e2e.test.ts':
    'exports 80 MiB to a reader who does not read, and sends 10,000 messages to reach a limit',
  'e2e/client-browser.e2e.test.ts':
    'opens and closes tabs of a browser, and cuts their network; client.e2e.test.ts does that in Node',
  'e2e/erased-leftovers.e2e.test.ts': 'interrupts rebuilds beside erasures, on two servers',
  'e2e/fuzz-frames.e2e.test.ts': 'sends 10,000 random frames',
  'e2e/interrupted-start.e2e.test.ts': 'stops servers at each step of their start',
  'e2e/log-copy-kills.e2e.test.ts': 'kills copies of a log again and again',
  'e2e/master-key.e2e.test.ts':
    'changes the master key under two servers; rotate-master-key.int.test.ts does so without them',
  'e2e/media-frozen.e2e.test.ts': 'waits until requests give up on a store of files that answers nothing',
  'e2e/media-full-disk.e2e.test.ts': 'fills the disk of the files',
  'e2e/rebuild.e2e.test.ts': 'kills and holds rebuilds of 2,500 messages beside two servers',
  'e2e/started-without-store.e2e.test.ts': 'starts servers without each of their stores, in two ways',
  'e2e/stores-away.e2e.test.ts': 'takes each store away in two ways, for 20 seconds each',
  'e2e/upgrade.e2e.test.ts': 'starts one server after the other whose read models are of another version',
  'infrastructure/moving/log-copy.int.test.ts':
    'interrupts copies at each event, on each store; log-copy.e2e.test.ts copies a log',
  'infrastructure/postgres/embedded-interrupted.int.test.ts': 'interrupts starts of PostgreSQL at each step',
  'infrastructure/postgres/embedded-postgres.int.test.ts':
    'starts and kills many servers of PostgreSQL; start.e2e.test.ts and restart.e2e.test.ts start some',
  'infrastructure/postgres/listener.int.test.ts': 'waits until connections that went silent are given up',
  'infrastructure/projections/postgres/lost-answers.int.test.ts':
    'waits until connections that went silent are given up',
  'interfaces/client/package.test.ts': 'compiles the types of the client and a program that uses them',
  'scripts/build.test.ts': 'builds a project again and again',
};
const namesOfLong = new Set(Object.keys(TAKES_LONG).map((name) => `test/${name}`));

/** These need a MongoDB, a KurrentDB, its double, or NATS, kill servers for long, or are listed above. */
const isLeftOut = (file) =>
  /^test\/(chaos|torture)\//.test(file) ||
  /(mongodb|gridfs|kurrentdb|nats).*\.(e2e|int)\.test\.ts$/.test(file) ||
  namesOfLong.has(file);

/** Answers the settings for a run of all tests, or of those of the embedded stores. */
exports.settingsFor = ({ all }) => {
  const files = allTests();
  const spec = all ? files : files.filter((file) => !isLeftOut(file));
  // Workers inherit it: some files describe the same on each way, of which one is left out, or draw fewer requests.
  if (!all) process.env.CHATAPP_TEST_LEFT_OUT = String(files.length - spec.length);
  const usual = require('../.mocharc.json');
  return { ...usual, require: [...usual.require, 'scripts/left-out-tests.cjs'].map((file) => resolve(file)), spec };
};

exports.TAKES_LONG = TAKES_LONG;
