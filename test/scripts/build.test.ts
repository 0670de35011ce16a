import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';

const ROOT = resolve(import.meta.dirname, '../..');
const COPIED = ['package.json', 'package-lock.json', 'scripts/build.js', 'scripts/bundle.js'];
/** These settings are like the project's own, but with the fewest types, so that a compilation takes half a second. */
const SETTINGS = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es5'],
    types: [],
    module: 'nodenext',
    strict: true,
    sourceMap: true,
    rootDir: 'src',
  },
  include: ['src'],
};

/** These declarations spare the compiler those of Node. */
const DECLARED = `
declare module 'depd';
interface ImportMeta { readonly url: string }
`;
/** It uses modules of its own, and a package of the older kind that loads parts of Node. */
const MAIN = `
import depd from 'depd';
import { fail } from './deep/failing.js';
import { place } from './deep/place.js';
import { text } from './text.js';
export const all = text;
export { fail, place };
export const deprecate = depd;
`;
const FAILING = `
interface Unused { readonly takes: 'lines' }
export const fail = (): never => { throw new Error('failed'); };
`;

// `npm start` and `npm run chatapp` compiled everything each time, also when nothing had changed.
describe('the build', function () {
  this.timeout(120_000);
  let folder: string;

  const build = () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/build.js'], { cwd: folder, encoding: 'utf8' });
    return { status, hasCompiled: stderr.includes('Compiling'), stderr };
  };
  const inFolder = (name: string) => join(folder, name);
  /** Loads what was built, as `main`, and answers what this expression gives. */
  const evaluate = (expression: string) => {
    const program = `const main = await import(process.argv[1]); process.stdout.write(${expression})`;
    const args = ['--enable-source-maps', '--input-type=module', '--eval', program, inFolder('dist/main.js')];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return stdout + stderr;
  };
  const run = () => evaluate('main.all');
  const inode = async () => (await stat(inFolder('dist'))).ino;
  const expectCompiled = (text: string) => {
    const { status, hasCompiled, stderr } = build();
    expect({ status, hasCompiled }, stderr).to.deep.equal({ status: 0, hasCompiled: true });
    expect(run()).to.equal(text);
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chatapp build '));
    for (const name of COPIED) await cp(join(ROOT, name), inFolder(name));
    await symlink(join(ROOT, 'node_modules'), inFolder('node_modules'), 'junction');
    for (const assets of ['infrastructure/postgres/migrations', 'interfaces/web/assets']) {
      await mkdir(inFolder(`src/${assets}`), { recursive: true });
      await writeFile(inFolder(`src/${assets}/asset.txt`), assets);
    }
    await writeFile(inFolder('tsconfig.json'), '{}');
    await writeFile(inFolder('tsconfig.build.json'), JSON.stringify(SETTINGS));
    await writeFile(inFolder('src/main.ts'), MAIN);
    await writeFile(inFolder('src/cli.ts'), `import { text } from './text.js';\nexport const all = text;\n`);
    await writeFile(inFolder('src/declared.d.ts'), DECLARED);
    await mkdir(inFolder('src/deep'));
    await writeFile(inFolder('src/deep/place.ts'), `export const place = import.meta.url;\n`);
    await writeFile(inFolder('src/deep/failing.ts'), FAILING);
    await writeFile(inFolder('src/text.ts'), `export const text: string = 'one';\n`);
    await writeFile(inFolder('src/unused.ts'), `export const unused = 1;\n`);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('compiles a fresh clone, and copies what is not compiled', async () => {
    expectCompiled('one');
    expect(await readFile(inFolder('dist/interfaces/web/assets/asset.txt'), 'utf8')).to.equal('interfaces/web/assets');
    expect((await stat(inFolder('dist'))).mode & 0o777).to.equal(0o755);
  });

  it('bundles programs, which load without their modules and packages', async () => {
    const moved = inFolder('moved');
    await cp(inFolder('dist'), moved, { recursive: true });
    for (const name of ['text.js', 'deep']) await rm(join(moved, name), { recursive: true });
    const program = `const { all, deprecate } = await import(process.argv[1]); process.stdout.write(all + typeof deprecate)`;
    const outputs = ['main.js', 'cli.js'].map((name) => {
      const args = ['--input-type=module', '--eval', program, join(moved, name)];
      return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout;
    });
    expect(outputs).to.deep.equal(['onefunction', 'oneundefined']);
    await rm(moved, { recursive: true });
  });

  it('keeps the addresses of modules in a bundle, by which they find files', () => {
    expect(evaluate('main.place')).to.equal(pathToFileURL(inFolder('dist/deep/place.js')).href);
  });

  it('shows where in the sources a bundle has failed', () => {
    expect(evaluate('main.fail()')).to.match(/src[/\\]deep[/\\]failing\.ts:3:/);
  });

  it('does nothing where nothing has changed, whatever the times of the files say', async () => {
    const before = await inode();
    await writeFile(inFolder('src/main.ts'), await readFile(inFolder('src/main.ts')));
    expect(build()).to.deep.equal({ status: 0, hasCompiled: false, stderr: '' });
    expect(await inode()).to.equal(before);
  });

  it('compiles again when a source is changed', async () => {
    await writeFile(inFolder('src/text.ts'), `export const text: string = 'two';\n`);
    expectCompiled('two');
  });

  it('compiles again when a source is deleted, and leaves nothing of it', async () => {
    await rm(inFolder('src/unused.ts'));
    expectCompiled('two');
    expect(await readdir(inFolder('dist'))).not.to.include('unused.js');
  });

  it('compiles again when an asset, a setting or the lock file is changed', async () => {
    for (const name of ['src/interfaces/web/assets/asset.txt', 'tsconfig.json', 'package-lock.json']) {
      await writeFile(inFolder(name), `${await readFile(inFolder(name), 'utf8')}\n`);
      expectCompiled('two');
    }
  });

  it('compiles again when the result is damaged, or some of it is gone', async () => {
    await writeFile(inFolder('dist/text.js'), `export const text = 'damaged';\n`);
    expectCompiled('two');
    await rm(inFolder('dist/infrastructure'), { recursive: true });
    expectCompiled('two');
    await writeFile(inFolder('dist/.build.json'), '{"sources":');
    expectCompiled('two');
  });

  it('leaves the result of before when it fails, and fails again', async () => {
    await writeFile(inFolder('src/text.ts'), `export const text: string = 3;\n`);
    for (let n = 0; n < 2; n += 1) expect(build().status).to.equal(1);
    expect(run()).to.equal('two');
    await writeFile(inFolder('src/text.ts'), `export const text: string = 'three';\n`);
    expectCompiled('three');
    expect((await readdir(folder)).filter((name) => name.startsWith('dist'))).to.deep.equal(['dist']);
  });

  it('works when several run at once', async () => {
    await rm(inFolder('dist'), { recursive: true });
    const builds = [1, 2].map(() => spawn(process.execPath, ['scripts/build.js'], { cwd: folder, stdio: 'ignore' }));
    const codes = await Promise.all(builds.map(async (each) => (await once(each, 'exit'))[0] as number));
    expect(codes).to.deep.equal([0, 0]);
    expect(run()).to.equal('three');
    expect(build().hasCompiled).to.equal(false);
  });
});
