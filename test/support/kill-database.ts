import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Ends the embedded PostgreSQL of a data folder at once, as a crash would. */
export const killDatabase = async (dataDir: string): Promise<void> => {
  const [pid] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
};
