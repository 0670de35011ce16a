import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const secretsSchema = z.object({
  databasePassword: z.string().min(32),
  jwtSecret: z.string().min(32),
  masterKey: z.string().min(32),
  /** Those before it: what they still wrap is opened. */
  previousMasterKeys: z.array(z.string().min(32)).optional(),
});

/** What the server keeps to itself: made on first start, read afterwards. */
export type Secrets = Readonly<z.infer<typeof secretsSchema>>;

const newSecret = (): string => randomBytes(32).toString('base64url');

const read = async (file: string): Promise<Secrets | undefined> => {
  try {
    return secretsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read; restore it from a backup: without it the data cannot be opened`, {
      cause: error,
    });
  }
};

/** Puts on the disk what was written to a file, or which names are in a folder. */
const flush = async (handle: FileHandle): Promise<void> => {
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const flushFolder = async (folder: string): Promise<void> => flush(await open(folder, 'r'));

/** A new file with the secrets, on the disk, beside the one that counts. */
const writeDraft = async (dataDir: string, secrets: Secrets): Promise<string> => {
  const draft = join(dataDir, `secrets.${randomUUID()}.json`);
  await writeFile(draft, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  await flush(await open(draft, 'r+'));
  return draft;
};

/** Replaces the file at once, or not at all. */
const replace = async (dataDir: string, secrets: Secrets): Promise<void> => {
  const draft = await writeDraft(dataDir, secrets);
  await rename(draft, join(dataDir, 'secrets.json'));
  await flushFolder(dataDir);
};

/**
 * Makes a new master key, and answers it with those before it that are kept: the last one, with which a server may be
 * wrapping a key at this moment, and those that are still used.
 */
export const renewMasterKey = async (
  dataDir: string,
  isUsed: (masterKey: string) => boolean,
): Promise<readonly string[]> => {
  const secrets = await openSecrets(dataDir);
  const previousMasterKeys = [secrets.masterKey, ...(secrets.previousMasterKeys ?? []).filter(isUsed)];
  const masterKey = newSecret();
  await replace(dataDir, { ...secrets, masterKey, previousMasterKeys });
  return [masterKey, ...previousMasterKeys];
};

/** The secrets that are kept; made, if there are none. */
const readOrMake = async (dataDir: string): Promise<Secrets> => {
  const file = join(dataDir, 'secrets.json');
  const kept = await read(file);
  if (kept) return kept;
  const made = { databasePassword: newSecret(), jwtSecret: newSecret(), masterKey: newSecret() };
  const draft = await writeDraft(dataDir, made);
  try {
    await link(draft, file);
    return made;
  } catch (error) {
    const others = await read(file); // another was faster
    if (!others) throw error;
    return others;
  } finally {
    await rm(draft);
  }
};

/**
 * The secrets under a data folder, `secrets.json`, readable by its owner alone. Several may ask at once: one makes them.
 * They are on the disk before anybody has them, also where another has just made them: a power failure would otherwise
 * take away the key of what is in the database.
 */
export const openSecrets = async (dataDir: string): Promise<Secrets> => {
  const made = await mkdir(dataDir, { recursive: true });
  const secrets = await readOrMake(dataDir);
  await flushFolder(dataDir);
  if (made !== undefined) await flushFolder(dirname(resolve(dataDir)));
  return secrets;
};
