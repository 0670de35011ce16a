import type { Terminal } from './tool.js';

type Cell = string | number | boolean | null | undefined;

const GAP = '  ';
const PROGRESS_EVERY_MS = 2_000;

const shown = (cell: Cell): string => {
  if (cell === null || cell === undefined || cell === '') return '-';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return String(cell);
};

/** Aligns rows under headings; numbers stand to the right. */
export const tableOf = (headings: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const cells = [headings, ...rows.map((row) => row.map(shown))];
  const isNumber = headings.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
};

/** Writes a number with its noun: `1 event`, `2 events`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** One line that is written over in a terminal, a line now and then in a log. */
const progressOn = (terminal: Terminal) => {
  let toldAt = 0;
  let isOpen = false;
  let untold: string | undefined;
  const tell = (text: string): void => {
    untold = undefined;
    toldAt = performance.now();
    terminal.note(`${text}\n`);
  };
  const end = (): void => {
    if (isOpen) terminal.note('\r\u001b[K');
  };
  return {
    show: (text: string): void => {
      if (terminal.isInteractive) {
        terminal.note(`\r\u001b[K${text}`);
        isOpen = true;
        return;
      }
      untold = text;
      if (performance.now() - toldAt >= PROGRESS_EVERY_MS) tell(text);
    },
    end,
    /** Ends where the work does before it is done: a log says how far it had come. */
    endEarly: (): void => {
      if (untold !== undefined) tell(untold);
      end();
    },
  };
};

/** Shows text in the place of what was shown before. */
export type Show = (text: string) => void;

/** Does work that shows how far it has come. Where it ends early, a log says how far it had. */
export const showingProgress = async <Result>(
  terminal: Terminal,
  work: (show: Show) => Promise<Result>,
): Promise<Result> => {
  const progress = progressOn(terminal);
  try {
    const done = await work(progress.show);
    progress.end();
    return done;
  } catch (error) {
    progress.endEarly();
    throw error;
  }
};
