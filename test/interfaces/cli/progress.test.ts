import { expect } from 'chai';
import { progressOn } from '../../../src/interfaces/cli/output.js';

const noted = (isInteractive: boolean) => {
  const notes: string[] = [];
  const terminal = { out: () => undefined, note: (text: string) => void notes.push(text), isInteractive };
  return { notes, progress: progressOn({ ...terminal, lines: () => [] as never }) };
};

describe('The progress of work', () => {
  // What was told first was told as soon as the program had run for two seconds: a quick machine told nothing.
  it('is told in a log where the work ends early, once', () => {
    const { notes, progress } = noted(false);
    for (let n = 1; n <= 3; n += 1) progress.show(`${n} of 9`);
    progress.endEarly();
    progress.endEarly();
    expect(notes.at(-1)).to.equal('3 of 9\n');
    expect(notes.filter((note) => note === '3 of 9\n')).to.have.length(1);
  });

  it('is told nothing of in a log where nothing was begun', () => {
    const { notes, progress } = noted(false);
    progress.endEarly();
    expect(notes).to.deep.equal([]);
  });

  it('is one line in a terminal, which is gone at the end', () => {
    const { notes, progress } = noted(true);
    progress.show('1 of 9');
    progress.endEarly();
    expect(notes).to.deep.equal(['\r\u001b[K1 of 9', '\r\u001b[K']);
  });
});
