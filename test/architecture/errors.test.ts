import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { rejections } from '../../src/domain/kernel/rejections.js';
import { statuses } from '../../src/interfaces/http/problem.js';
import { detailOf, doorProblems, type ProblemCode } from '../../src/interfaces/refusals.js';

const DOCUMENT = new URL('../../docs/errors.md', import.meta.url);

const rowOf = (code: ProblemCode): string => `| \`${code}\` | ${statuses[code]} | ${detailOf(code)} |`;

describe('Every error', () => {
  const codes = [...Object.keys(rejections), ...Object.keys(doorProblems)] as ProblemCode[];

  it('has a status', () => expect(Object.keys(statuses)).to.have.members(codes));

  it('is the fault of the caller if the application rejects', () => {
    const others = Object.keys(rejections).filter((code) => Math.floor(statuses[code as ProblemCode] / 100) !== 4);
    expect(others).to.deep.equal([]);
  });

  it('is one word in lower case', () => {
    for (const code of codes) expect(code).to.match(/^[a-z]+(_[a-z]+)*$/);
  });

  it('has its line in docs/errors.md, and no line has lost its error', async () => {
    const lines = (await readFile(DOCUMENT, 'utf8')).split('\n');
    const compact = lines.filter((line) => line.startsWith('| `')).map((line) => line.replace(/ +\|/g, ' |'));
    expect(compact).to.have.members(codes.map(rowOf));
  });
});
