import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const LINK = /\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g;
/** It matches a path in backticks without a placeholder. */
const PATH = /`((?:src|test|docs|scripts|\.ci)\/[\w./-]+)`/g;

const documents = async (): Promise<string[]> => {
  const top = await readdir(ROOT);
  const below = await readdir(new URL('docs/', ROOT), { recursive: true });
  return [...top, ...below.map((name) => `docs/${name}`)].filter((name) => name.endsWith('.md'));
};

/** Answers the paths of a document that do not exist. */
const missingFrom = (name: string, text: string): string[] => {
  const links = [...text.matchAll(LINK)].map(([, target = '']) => new URL(target, new URL(name, ROOT)));
  const paths = [...text.matchAll(PATH)].map(([, target = '']) => new URL(target, ROOT));
  return [...links, ...paths].filter((url) => !existsSync(url)).map((url) => `${name}: ${fileURLToPath(url)}`);
};

describe('The documents', () => {
  it('point to what is there', async () => {
    const names = await documents();
    expect(names).to.include.members(['CHANGELOG.md', 'docs/how-to/add-a-command.md']);
    const texts = await Promise.all(names.map(async (name) => [name, await readFile(new URL(name, ROOT), 'utf8')]));
    expect(texts.flatMap(([name = '', text = '']) => missingFrom(name, text))).to.deep.equal([]);
  });

  it('would not point past it', () => {
    const text = '[gone](gone.md) `src/gone.ts` [there](../CHANGELOG.md) `src/domain/` [far](https://example.org)';
    expect(missingFrom('docs/errors.md', text).map((line) => line.slice(line.lastIndexOf('/')))).to.deep.equal([
      '/gone.md',
      '/gone.ts',
    ]);
  });

  it('list every decision', async () => {
    const folder = new URL('docs/decisions/', ROOT);
    const names = (await readdir(folder)).filter((name) => /^\d{4}-/.test(name));
    const list = await readFile(new URL('README.md', folder), 'utf8');
    expect(names).to.not.be.empty;
    expect(names.filter((name) => !list.includes(`(${name})`))).to.deep.equal([]);
  });
});
