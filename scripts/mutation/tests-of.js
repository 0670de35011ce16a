import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const filesBelow = async (folder) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.sort();
};

/** Answers the TypeScript files of some paths: a path may be a file, or a folder with all files below it. */
export const sourcesOf = async (paths) => {
  const files = await Promise.all(paths.map((path) => (path.endsWith('.ts') ? [path] : filesBelow(path))));
  return [...new Set(files.flat())].filter((file) => file.endsWith('.ts'));
};

/** Answers the modules that a file imports by a relative path. */
const importsOf = async (file) => {
  const found = [...(await readFile(file, 'utf8')).matchAll(/from '(\.{1,2}\/[^']+)\.js'/g)];
  return found.map(([, path]) => `${resolve(dirname(file), path)}.ts`);
};

/**
 * Says whether a test can run in a process that knows the mutant: tests of the whole app start a process that does not.
 */
const isTest = (withDatabase) => (file) =>
  file.endsWith('.test.ts') && !file.endsWith('.e2e.test.ts') && (withDatabase || !file.endsWith('.int.test.ts'));

/** Answers the tests of some sources: first those of the mirrored folders, then those that import one of the files. */
export const testsOf = async (paths, sources, withDatabase) => {
  const mirrored = paths.map((path) => path.replace(/^src/, 'test').replace(/\.ts$/, ''));
  const isMirror = (file) => mirrored.some((path) => file.startsWith(`${path}/`) || file.startsWith(`${path}.`));
  const wanted = new Set(sources.map((source) => resolve(source)));
  const [mirroring, importing] = [[], []];
  for (const file of (await filesBelow('test')).filter(isTest(withDatabase))) {
    if (isMirror(file)) mirroring.push(file);
    else if ((await importsOf(file)).some((imported) => wanted.has(imported))) importing.push(file);
  }
  return [...mirroring, ...importing];
};

/** Answers the tests that were named: a name may be a file, or a folder with the tests below it. */
export const namedTests = async (names, withDatabase) => {
  const below = async (folder) => (await filesBelow(folder)).filter(isTest(withDatabase));
  const named = await Promise.all(names.map(async (name) => (name.endsWith('.ts') ? [name] : below(name))));
  return [...new Set(named.flat())];
};
