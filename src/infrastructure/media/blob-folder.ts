import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../../domain/kernel/ids.js';
import { errorCode } from '../error-code.js';

/** Takes what is not there for undefined: another node may have removed it. */
export const missing = (error: unknown): undefined => {
  if (errorCode(error) === 'ENOENT') return undefined;
  throw error;
};

/** Answers the names in a folder; none where it is not there. */
export const namesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder).catch(missing)) ?? [];

/** Lists the files of a folder that have not been written since this time. */
export async function* unchangedIn(folder: string, since: Instant): AsyncGenerator<string> {
  for (const name of await namesIn(folder)) {
    const found = await stat(join(folder, name)).catch(missing);
    if (found && found.mtime.toISOString() < since) yield name;
  }
}
