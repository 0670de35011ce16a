import { ToolError } from './tool.js';

const MOST = 100_000;

/** Parses the value of `--limit`, which is at most as large as this. */
export const limitOf = (given: unknown, most = MOST): number => {
  const limit = typeof given === 'string' && /^\d{1,6}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > most) throw new ToolError(`--limit takes a whole number between 1 and ${most}`);
  return limit;
};
