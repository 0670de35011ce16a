import { open, rm } from 'node:fs/promises';
import { ToolError } from '../../interfaces/cli/tool.js';
import { errorCode } from '../error-code.js';

/** What is said of a file that cannot be written, by the system's code. */
const REASONS: Readonly<Record<string, (path: string) => string>> = {
  EEXIST: (path) => `${path} is there already: name another file`,
  ENOENT: (path) => `the folder of ${path} is not there`,
  EACCES: (path) => `${path} may not be written here`,
  ENOSPC: (path) => `the disk has no room for ${path}: nothing of it is left`,
  EDQUOT: (path) => `the disk has no room for ${path}: nothing of it is left`,
};

const explained = (error: unknown, path: string): unknown => {
  const reason = REASONS[errorCode(error) ?? ''];
  return reason ? new ToolError(reason(path), { cause: error }) : error;
};

/**
 * Writes a new file piece by piece, for its owner alone. It is whole and durable when this resolves; where it fails, nothing of it is
 * left. Raises `ToolError` where it cannot be written.
 */
export const writeNewFile = async (path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> => {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw explained(error, path);
  });
  try {
    for await (const piece of pieces) await file.writeFile(piece);
    await file.sync();
    await file.close();
  } catch (error) {
    await file.close().catch(() => undefined); // what it failed by is told
    await rm(path, { force: true });
    throw explained(error, path);
  }
};
