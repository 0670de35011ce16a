import { join } from 'node:path';
import { createMailFolder } from '../../src/infrastructure/mail/transports.js';
import { eventually } from './eventually.js';

/** Any node of an installation sends a mail that is due, and keeps it in its own folder: their data folders, by database. */
const folders = new Map<string, Set<string>>();

export const noteDataFolder = (databaseUrl: string, dataDir: string): void => {
  folders.set(databaseUrl, (folders.get(databaseUrl) ?? new Set()).add(dataDir));
};

const newestToken = async (databaseUrl: string, email: string): Promise<string | undefined> => {
  const all = [...(folders.get(databaseUrl) ?? [])].map((each) => createMailFolder(join(each, 'mail'), ''));
  const mails = (await Promise.all(all.map((folder) => folder.list(Infinity)))).flat();
  const newestFirst = mails.sort((one, other) => other.keptAt.localeCompare(one.keptAt));
  return /token=([\w-]+)/.exec(newestFirst.find(({ to }) => to === email)?.text ?? '')?.[1];
};

/** Answers the token of the newest verification mail to an address that any node on a database has kept. */
export const mailedToken = async (databaseUrl: string, email: string): Promise<string> =>
  (await eventually(
    () => newestToken(databaseUrl, email),
    (token) => token !== undefined,
  )) as string;
