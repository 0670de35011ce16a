import { mkdir, writeFile } from 'node:fs/promises';
import { mochaGlobalTeardown, startTestServer } from '../support/postgres.js';
import type { Report, Row } from './report.js';

const USAGE = `Measures, and prints ratios to the bare limits of the same run.
  npm run bench                  all of it, about five minutes
  npm run bench -- store chat    some of it: store, chat, groups, history, rebuild, login
The figures are also written to bench-results/, as JSON.`;

const benchmarks: Readonly<Record<string, () => Promise<{ run: () => Promise<Report> }>>> = {
  store: () => import('./event-store.bench.js'),
  chat: () => import('./chat.bench.js'),
  groups: () => import('./groups.bench.js'),
  history: () => import('./history.bench.js'),
  rebuild: () => import('./rebuild.bench.js'),
  login: () => import('./login.bench.js'),
};

const shown = ({ metric, value, unit, ratio, target = '' }: Row): string =>
  [
    metric.padEnd(52),
    value.toLocaleString('en', { maximumFractionDigits: 2 }).padStart(12),
    unit.padEnd(10),
    (ratio === undefined ? '' : `${(ratio * 100).toFixed(0)} %`).padStart(7),
    target,
  ].join('  ');

const measure = async (names: readonly string[], reports: Report[]): Promise<void> => {
  for (const name of names.length > 0 ? names : Object.keys(benchmarks)) {
    process.stderr.write(`measuring ${name} …\n`);
    const report = await (await benchmarks[name]?.())?.run();
    if (!report) continue;
    reports.push(report);
    process.stdout.write(`\n${report.name}\n${report.rows.map((row) => `  ${shown(row)}\n`).join('')}`);
  }
};

const main = async (): Promise<void> => {
  const names = process.argv.slice(2);
  if (names.some((name) => !Object.hasOwn(benchmarks, name))) {
    process.stdout.write(`${USAGE}\n`);
    process.exitCode = names.includes('--help') ? 0 : 1;
    return;
  }
  await startTestServer({ isDurable: true });
  const reports: Report[] = [];
  try {
    await measure(names, reports);
  } finally {
    await mochaGlobalTeardown();
  }
  await mkdir('bench-results', { recursive: true });
  const file = `bench-results/${new Date().toISOString().replaceAll(':', '-')}.json`;
  await writeFile(file, JSON.stringify({ node: process.version, cpus: process.arch, reports }, null, 2));
  process.stdout.write(`\nwritten to ${file}\n`);
};

await main();
