import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { mochaGlobalTeardown, startTestServer } from '../support/postgres.js';
import type { Report, Row } from './report.js';
import type { Sizes } from './sizes.js';

const USAGE = `Measures, and prints ratios to the bare limits of the same run.
  npm run bench                  all of it, about eight minutes
  npm run bench -- store chat    some of it: store, chat, groups, history, search, rebuild, login, fan-out, idle,
                                 resume, reconnect, media, engines, audit, replay, moving
Sizes, each for those that have it:
  --sockets <n>                  the sockets of fan-out (999), idle (10,000) and reconnect (999)
  --messages <n>                 the messages of search, and the events of audit (1,000,000)
  --seconds <n>                  how long fan-out lasts (5)
  --events <n>                   the messages that resume has missed (1,000), the events of replay (1,000,000)
                                 and moving (100,000)
  --rounds <n>                   how often resume (300) and media (15) repeat
  --mebibytes <n>                the size of the files of media (25)
The figures are also written to bench-results/, as JSON.`;

const benchmarks: Readonly<Record<string, () => Promise<{ run: (sizes: Sizes) => Promise<Report> }>>> = {
  store: () => import('./event-store.bench.js'),
  chat: () => import('./chat.bench.js'),
  groups: () => import('./groups.bench.js'),
  history: () => import('./history.bench.js'),
  search: () => import('./search.bench.js'),
  rebuild: () => import('./rebuild.bench.js'),
  login: () => import('./login.bench.js'),
  'fan-out': () => import('./fan-out.bench.js'),
  idle: () => import('./idle.bench.js'),
  resume: () => import('./resume.bench.js'),
  reconnect: () => import('./reconnect.bench.js'),
  media: () => import('./media.bench.js'),
  engines: () => import('./engines.bench.js'),
  audit: () => import('./audit.bench.js'),
  replay: () => import('./replay.bench.js'),
  moving: () => import('./moving.bench.js'),
};

const SIZES = ['sockets', 'messages', 'seconds', 'events', 'rounds', 'mebibytes'] as const;

/** Answers what to measure, and with which sizes; undefined where the arguments say neither. */
const asked = (): { readonly names: readonly string[]; readonly sizes: Sizes } | undefined => {
  const options = Object.fromEntries(SIZES.map((name) => [name, { type: 'string' as const }]));
  const { values, positionals: names } = parseArgs({ options, allowPositionals: true, strict: false });
  const given = Object.entries(values).map(([name, value]) => [name, Number(value)] as const);
  const isKnown = (name: string): boolean => (SIZES as readonly string[]).includes(name);
  if (!names.every((name) => Object.hasOwn(benchmarks, name))) return undefined;
  if (!given.every(([name, value]) => isKnown(name) && value > 0)) return undefined;
  return { names, sizes: Object.fromEntries(given) };
};

const shown = ({ metric, value, unit, ratio, target = '' }: Row): string =>
  [
    metric.padEnd(52),
    value.toLocaleString('en', { maximumFractionDigits: 2 }).padStart(12),
    unit.padEnd(10),
    (ratio === undefined ? '' : `${(ratio * 100).toFixed(0)} %`).padStart(7),
    target,
  ].join('  ');

const measure = async (names: readonly string[], sizes: Sizes, reports: Report[]): Promise<void> => {
  for (const name of names.length > 0 ? names : Object.keys(benchmarks)) {
    process.stderr.write(`measuring ${name} …\n`);
    const report = await (await benchmarks[name]?.())?.run(sizes);
    if (!report) continue;
    reports.push(report);
    process.stdout.write(`\n${report.name}\n${report.rows.map((row) => `  ${shown(row)}\n`).join('')}`);
  }
};

const main = async (): Promise<void> => {
  const wanted = asked();
  if (!wanted) {
    process.stdout.write(`${USAGE}\n`);
    process.exitCode = process.argv.includes('--help') ? 0 : 1;
    return;
  }
  await startTestServer({ isDurable: true });
  const reports: Report[] = [];
  try {
    await measure(wanted.names, wanted.sizes, reports);
  } finally {
    await mochaGlobalTeardown();
  }
  await mkdir('bench-results', { recursive: true });
  const file = `bench-results/${new Date().toISOString().replaceAll(':', '-')}.json`;
  await writeFile(file, JSON.stringify({ node: process.version, cpus: process.arch, reports }, null, 2));
  process.stdout.write(`\nwritten to ${file}\n`);
};

await main();
