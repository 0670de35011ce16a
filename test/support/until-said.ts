import { eventually } from './eventually.js';

/** Waits until a process has written something: what it writes comes by another way than its answers, and later. */
export const untilSaid = ({ output }: { output(): string }, what: string | RegExp): Promise<string> =>
  eventually(
    async () => output(),
    (text) => (typeof what === 'string' ? text.includes(what) : what.test(text)),
  );
