import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileOf, TABLES } from './backup-tables.js';
import { CopyRefusedError } from './moved-log.js';

export const MANIFEST = 'manifest.json';
export const SECRETS = 'secrets.json';
export const FORMAT = 'chatapp backup 1';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** None leads out of the back-up. */
const name = z.string().regex(/^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/);

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  madeAt: z.string(),
  version: z.string(),
  /** The migrations of the database, by their names. */
  migrations: z.array(z.string()),
  events: z.int().nonnegative(),
  /** Over what is stored of each event. */
  sha256,
  hasSecrets: z.boolean(),
  /** The number of files of users that the log named and that were nowhere. */
  missing: z.int().nonnegative(),
  files: z.array(z.object({ name, size: z.int().nonnegative(), sha256 })),
});

/** What a back-up holds. It is written last: a folder without it is no back-up. */
export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

/** Answers the files of a back-up that are in each. */
const neededFiles = ({ hasSecrets }: Manifest): string[] => [
  ...TABLES.map((table) => fileOf(table.name)),
  ...(hasSecrets ? [SECRETS] : []),
];

/** Refuses one that lacks the name of a file, or has one twice. */
const requireAllNamed = (manifest: Manifest): void => {
  const named = new Set<string>();
  for (const file of manifest.files) {
    if (named.has(file.name)) throw new CopyRefusedError(`${MANIFEST} names ${file.name} twice`);
    named.add(file.name);
  }
  const unnamed = neededFiles(manifest).find((each) => !named.has(each));
  if (unnamed !== undefined) throw new CopyRefusedError(`${MANIFEST} does not name ${unnamed}`);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what is no JSON is no manifest
  }
};

/** Reads what a folder says it holds. Raises `CopyRefusedError` for one that is no back-up. */
export const readManifest = async (folder: string): Promise<Manifest> => {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => ''); // a folder without it is no back-up
  const { data } = manifestSchema.safeParse(parsed(text));
  if (!data) throw new CopyRefusedError(`${folder} is no whole back-up: it has no ${MANIFEST} that can be read`);
  requireAllNamed(data);
  return data;
};
