import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackedUpFile } from './backup-files.js';
import { CopyRefusedError } from './moved-log.js';

export const MANIFEST = 'manifest.json';
export const FORMAT = 'chatapp backup 1';

/** What a back-up holds. It is written last: a folder without it is no back-up. */
export interface Manifest {
  readonly format: typeof FORMAT;
  readonly madeAt: string;
  readonly version: string;
  /** The migrations of the database, by their names. */
  readonly migrations: readonly string[];
  readonly events: number;
  /** Over what is stored of each event. */
  readonly sha256: string;
  readonly hasSecrets: boolean;
  readonly files: readonly BackedUpFile[];
}

const isManifest = (value: unknown): value is Manifest =>
  typeof value === 'object' && value !== null && 'format' in value && value.format === FORMAT && 'files' in value;

/** Reads what a folder says it holds. Raises an error for one that is no back-up. */
export const readManifest = async (folder: string): Promise<Manifest> => {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => ''); // a folder without it is no back-up
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isManifest(value))
    throw new CopyRefusedError(`${folder} is no whole back-up: it has no ${MANIFEST} that can be read`);
  if (value.files.some(({ name }) => name.split('/').includes('..') || name.startsWith('/')))
    throw new CopyRefusedError(`${MANIFEST} names files outside of the back-up`);
  return value;
};
