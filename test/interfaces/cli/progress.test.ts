import { expect } from 'chai';
import { runCli } from '../../../src/interfaces/cli/program.js';
import { showingProgress, type Show } from '../../../src/interfaces/cli/output.js';
import type { CliParts, Tool } from '../../../src/interfaces/cli/tool.js';

const FAILURE = new Error('the database is away');

const terminalOf = (isInteractive: boolean) => {
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  return { notes, terminal: { out: () => undefined, note, isInteractive, lines: () => [] as never } };
};

const noted = async (isInteractive: boolean, work: (show: Show) => void) => {
  const { notes, terminal } = terminalOf(isInteractive);
  const failing = showingProgress(terminal, async (show) => {
    work(show);
    throw FAILURE;
  });
  expect(await failing.catch((error: unknown) => error)).to.equal(FAILURE);
  return notes;
};

describe('The progress of work', () => {
  // What was told first was told as soon as the program had run for two seconds: a quick machine told nothing.
  it('is told in a log where the work ends early, once', async () => {
    const notes = await noted(false, (show) => {
      for (let n = 1; n <= 3; n += 1) show(`${n} of 9`);
    });
    expect(notes.at(-1)).to.equal('3 of 9\n');
    expect(notes.filter((note) => note === '3 of 9\n')).to.have.length(1);
  });

  it('is told nothing of in a log where nothing was begun', async () => {
    expect(await noted(false, () => undefined)).to.deep.equal([]);
  });

  it('is one line in a terminal, which is gone at the end', async () => {
    expect(
      await noted(true, (show) => {
        show('1 of 9');
      }),
    ).to.deep.equal(['\r\u001b[K1 of 9', '\r\u001b[K']);
  });

  it('is gone in a terminal where the work is done, too', async () => {
    const { notes, terminal } = terminalOf(true);
    const done = await showingProgress(terminal, async (show) => {
      show('9 of 9');
      return 'done';
    });
    expect(done).to.equal('done');
    expect(notes).to.deep.equal(['\r\u001b[K9 of 9', '\r\u001b[K']);
  });
});

/** Does twice of nine, and fails. */
const failing = <Given extends unknown[]>(tell: (...given: Given) => void, ...[first, second]: [Given, Given]) => {
  tell(...first);
  tell(...second);
  return Promise.reject(FAILURE);
};

describe('The commands that show progress', () => {
  const tool = {
    useCases: {
      carryOutCommand: (_: unknown, __: unknown, work: () => Promise<unknown>) => work(),
      maintainHere: (
        _: unknown,
        __: unknown,
        { work, unwanted }: { work: (signal: AbortSignal) => unknown; unwanted: AbortSignal },
      ) => work(unwanted),
    },
    newContext: () => ({}),
    close: async () => undefined,
    audit: { verify: (_: unknown, tell: (events: number, total: number) => void) => failing(tell, [1, 9], [2, 9]) },
    rotateMasterKey: (tell: (done: number) => void) => failing(tell, [1], [2]),
    projections: {
      verify: (name: string, tell: (...given: unknown[]) => void) =>
        failing(tell, [name, { share: 0.1 }], [name, { share: 0.2 }]),
      checksum: (name: string, tell: (name: string, table: string) => void) =>
        failing(tell, [name, 'people'], [name, 'sessions']),
    },
  } as unknown as Tool;
  const copying = (events: number) => ({ doing: 'copying', events, total: 9 });
  const parts = {
    version: 'of a test',
    open: async () => tool,
    backUp: (_: unknown, tell: (doing: string, done: number) => void) => failing(tell, ['writing', 1], ['writing', 2]),
    restore: (_: unknown, tell: (doing: string, done: number) => void) => failing(tell, ['reading', 1], ['reading', 2]),
    copyLog: (_: unknown, tell: (progress: ReturnType<typeof copying>) => void) =>
      failing(tell, [copying(1)], [copying(2)]),
    interruptible: (work: (signal: AbortSignal) => Promise<unknown>) => work(new AbortController().signal),
  };

  for (const [args, last] of [
    [['audit', 'verify'], /^2 of 9 events$/],
    [['keys', 'rotate'], /^2 keys$/],
    [['backup', '--to', 'folder'], /^writing: 2, \d+\/s$/],
    [['restore', '--from', 'folder'], /^reading: 2, \d+\/s$/],
    [['log', 'copy', '--to', 'postgres://other'], /^copying: 2 of 9 events, /],
    [['projections', 'verify', 'users'], /^users: reading the log, 20 %$/],
    [['projections', 'checksum', 'users'], /^users: sessions$/],
  ] as const)
    it(`tell a log how far the work had come where it ends early: ${args.join(' ')}`, async () => {
      const { notes, terminal } = terminalOf(false);
      expect(await runCli({ ...parts, terminal } as unknown as CliParts, args)).to.equal(1);
      expect(notes.at(-1)).to.equal('chatapp: the database is away\n');
      expect(notes.at(-2)?.trimEnd()).to.match(last);
    });
});
