import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { faultOf } from '../support/json-schema.js';
import { asyncApi, framesOf } from '../support/published-frames.js';

const ROOT = new URL('../../', import.meta.url);
const FENCED = /^```json\n([^]*?)^```$/gm;

const published = new Map([...framesOf(asyncApi, 'client'), ...framesOf(asyncApi, 'server')]);

/** Answers the JSON that a document prints between fences. */
const printedIn = (text: string): unknown[] =>
  [...text.matchAll(FENCED)].map(([, json = '']) => JSON.parse(json) as unknown);

/** Answers what is wrong with a printed frame; undefined where nothing is. */
const wrongWith = (frame: unknown): string | undefined => {
  const { type } = frame as { readonly type: string };
  const known = published.get(type);
  return known ? faultOf(known.payload, frame) : `there is no frame ${type}`;
};

describe('The frames that the documents print', () => {
  it('are as they are published', async () => {
    const names = ['README.md', ...(await readdir(new URL('docs/', ROOT))).map((name) => `docs/${name}`)];
    const documents = names.filter((name) => name.endsWith('.md'));
    const texts = await Promise.all(documents.map((name) => readFile(new URL(name, ROOT), 'utf8')));
    const frames = texts.flatMap(printedIn);
    expect(frames.length).to.be.at.least(2);
    expect(frames.map(wrongWith).filter((wrong) => wrong !== undefined)).to.deep.equal([]);
  });

  it('would be seen to be wrong', () => {
    const [printed] = printedIn('It says\n\n```json\n{ "type": "pong", "position": 1 }\n```\n');
    expect(wrongWith(printed)).to.equal('data/position must be string');
    expect(wrongWith({ type: 'nothing' })).to.equal('there is no frame nothing');
  });
});
