// Compiles `src` to `dist`, unless `dist` was made from exactly these sources. Sources and results are compared by
// their content: times say nothing after a checkout, and a file of `dist` that is missing or damaged is noticed. The
// result is made in another folder and moved to its place whole: a build that is stopped, or fails, leaves the previous
// one. What users start is bundled: see `bundle.js`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundle } from './bundle.js';

/** The compiler does not copy these, because they are no TypeScript. */
const ASSETS = ['infrastructure/postgres/migrations', 'interfaces/web/assets'];
/** The result depends on these beside the sources; the lock file determines the versions of the compiler and of packages. */
const SETTINGS = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.js',
  'scripts/bundle.js',
];
/** What users start. */
const PROGRAMS = ['main.js', 'cli.js'];
const DIST = 'dist';
const STAMP = '.build.json';
const MAX_SWAPS = 10;
const MAX_BUILD_MS = 3_600_000;

const filesUnder = async (folder) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
};

/**
 * Answers one digest of the names and contents of files. Names are taken from `from` on, so that a folder may have
 * moved.
 */
const digestOf = async (files, from = 0) => {
  const digest = createHash('sha256');
  const contents = await Promise.all(files.sort().map((file) => readFile(file)));
  files.forEach((file, n) => digest.update(`${file.slice(from)}\0${contents[n].length}\0`).update(contents[n]));
  return digest.digest('hex');
};

const digestOfSources = async () => digestOf([...(await filesUnder('src')), ...SETTINGS]);

const digestOfResults = async (folder) => {
  const files = await filesUnder(folder);
  return digestOf(
    files.filter((file) => file !== join(folder, STAMP)),
    folder.length,
  );
};

const isUpToDate = async (sources) => {
  try {
    const stamp = JSON.parse(await readFile(join(DIST, STAMP), 'utf8'));
    return stamp.sources === sources && stamp.results === (await digestOfResults(DIST));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return false;
    throw error;
  }
};

const compileTo = (folder) => {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', folder], {
    stdio: ['ignore', process.stderr, process.stderr],
  });
  return status === 0;
};

/** Moves the folder to its place, and tries again when another build does the same at the same time. */
const moveToPlace = async (folder) => {
  for (let tries = 1; ; tries += 1) {
    const before = await mkdtemp(`${DIST}.old-`);
    try {
      await rename(DIST, join(before, DIST)).catch((error) => {
        if (error.code !== 'ENOENT') throw error;
      });
      await rename(folder, DIST);
      return;
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code) || tries === MAX_SWAPS) throw error;
    } finally {
      await rm(before, { recursive: true, force: true });
    }
  }
};

/** Removes what stopped builds have left; a running build is younger. */
const removeLeftovers = async () => {
  const names = (await readdir('.')).filter((name) => /^dist\.(new|old)-/.test(name));
  for (const name of names) {
    const { mtimeMs } = await stat(name).catch(() => ({ mtimeMs: Date.now() })); // its own build has just moved it
    if (Date.now() - mtimeMs > MAX_BUILD_MS) await rm(name, { recursive: true, force: true });
  }
};

const build = async (sources) => {
  process.stderr.write('Compiling, as the sources have changed …\n');
  await removeLeftovers();
  const draft = await mkdtemp(`${DIST}.new-`);
  try {
    await chmod(draft, 0o755); // the server may run as another user
    if (!compileTo(draft)) return false;
    await bundle(draft, PROGRAMS);
    if (await isUpToDate(sources)) return true; // another build has made the same meanwhile
    for (const folder of ASSETS) await cp(join('src', folder), join(draft, folder), { recursive: true });
    const stamp = { sources, results: await digestOfResults(draft) };
    await writeFile(join(draft, STAMP), JSON.stringify(stamp));
    await moveToPlace(draft);
    return true;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};

const sources = await digestOfSources();
if (!(await isUpToDate(sources)) && !(await build(sources))) process.exitCode = 1;
