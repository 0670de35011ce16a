import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { parseArgs } from 'node:util';
import { startDatabase } from './mutation/database.js';
import { namedTests, sourcesOf, testsOf } from './mutation/tests-of.js';

const USAGE = `Changes the source in small ways, one at a time, and tells which changes no test notices.

  npm run mutate -- src/domain/users     folders or files, judged by the unit tests that mirror them
                                         or import one of their files
  --database                             the tests that need a database (.int.test.ts) as well
  --tests test/domain/users              other tests: a file, or the unit tests of a folder; repeatable
  --concurrency 2                        test processes at a time
  --minutes 30                           how long at most

Where one of the tests is an .int.test.ts, an embedded PostgreSQL is started, as by npm test, and stopped at the end.
Tests of the whole app are not run. Nothing is left in the tree.
`;

const MINUTE_MS = 60_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    database: { type: 'boolean', default: false },
    tests: { type: 'string', multiple: true },
    concurrency: { type: 'string', default: '2' },
    minutes: { type: 'string', default: '30' },
    help: { type: 'boolean' },
  },
});

/** The signal is aborted when the user asks the program to end: its processes are stopped first. */
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interrupted.abort());

/**
 * Runs Stryker and its test processes in a process group of their own, so that all of them end when the time is over.
 */
const runBounded = async (run, minutes) => {
  if (interrupted.signal.aborted) return 1;
  const program = join(import.meta.dirname, 'mutation', 'run-stryker.js');
  const child = spawn(process.execPath, [program, JSON.stringify(run)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const end = () => process.kill(-child.pid, 'SIGKILL');
  const timer = setTimeout(() => {
    process.stderr.write(`not done after ${minutes} minutes: name less of the source, or give it more --minutes\n`);
    end();
  }, minutes * MINUTE_MS);
  interrupted.signal.addEventListener('abort', end);
  const [code] = await once(child, 'exit');
  interrupted.signal.removeEventListener('abort', end);
  clearTimeout(timer);
  return code ?? 1;
};

const mutate = async (paths, concurrency, minutes) => {
  const sources = await sourcesOf(paths);
  const { database } = values;
  const tests = values.tests ? await namedTests(values.tests, database) : await testsOf(paths, sources, database);
  const named = paths.join(', ');
  if (tests.length === 0) {
    process.stderr.write(`no test mirrors or imports ${named}: name some with --tests, or try --database\n`);
    return 1;
  }
  process.stdout.write(`${named}, judged by\n${tests.map((test) => `  ${test}\n`).join('')}\n`);
  const tempDir = await mkdtemp(join(tmpdir(), 'chatapp-mutate-'));
  const stopDatabase = await startDatabase(tests);
  try {
    return await runBounded({ sources, tests, concurrency, tempDir }, minutes);
  } finally {
    await stopDatabase();
    await rm(tempDir, { recursive: true, force: true });
  }
};

const isThere = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

const areThere = async (paths) => paths.length > 0 && (await Promise.all(paths.map(isThere))).every(Boolean);

const [concurrency, minutes] = [Number(values.concurrency), Number(values.minutes)];

if (values.help || !(concurrency >= 1) || !(minutes > 0) || !(await areThere(positionals))) {
  process.stdout.write(USAGE);
  process.exitCode = values.help ? 0 : 1;
} else process.exitCode = await mutate(positionals, concurrency, minutes);
