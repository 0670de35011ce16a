import { ToolError } from './tool.js';

const MOST = 100_000;

/** Parses the value of `--limit`. */
export const limitOf = (given: unknown): number => {
  const limit = typeof given === 'string' && /^\d{1,6}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > MOST) throw new ToolError(`--limit takes a whole number between 1 and ${MOST}`);
  return limit;
};
