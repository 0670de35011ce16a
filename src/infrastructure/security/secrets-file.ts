import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const secretsSchema = z.object({
  databasePassword: z.string().min(32),
  jwtSecret: z.string().min(32),
  masterKey: z.string().min(32),
  /** The master keys before this one: what they still wrap can be opened. */
  previousMasterKeys: z.array(z.string().min(32)).optional(),
});

/** The server's own secrets, which are made on first start and read afterwards. */
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

/** Flushes to the disk what was written to a file, or the names in a folder. */
const flush = async (handle: FileHandle): Promise<void> => {
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const flushFolder = async (folder: string): Promise<void> => flush(await open(folder, 'r'));

/** Writes a new file with the secrets to the disk, beside the one that is in use. */
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
 * Makes a new master key, and answers it with the earlier ones that are kept: the last one, with which a server may be
 * wrapping a key at this moment, and those that still wrap something.
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

/** Answers the secrets that are stored. Where there are none, they are made. */
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
    const others = await read(file); // Another process has made the file meanwhile.
    if (!others) throw error;
    return others;
  } finally {
    await rm(draft);
  }
};

/**
 * Answers the secrets in `secrets.json` under a data folder, which only its owner can read. Several processes may ask at
 * once: one makes them. They are on the disk before anybody has them, also where another process has just made them: a
 * power failure would otherwise take away the key of what is in the database.
 */
export const openSecrets = async (dataDir: string): Promise<Secrets> => {
  const made = await mkdir(dataDir, { recursive: true });
  const secrets = await readOrMake(dataDir);
  await flushFolder(dataDir);
  if (made !== undefined) await flushFolder(dirname(resolve(dataDir)));
  return secrets;
};
