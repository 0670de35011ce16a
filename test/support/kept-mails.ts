import { join } from 'node:path';
import { createMailFolder } from '../../src/infrastructure/mail/transports.js';
import { eventually } from './eventually.js';

/** The data folders of the nodes of each installation. Any of them sends a mail that is due, and keeps it in its own. */
const dataFolders = new Map<string, Set<string>>();

/** Notes a node of an installation, which is named by the URL of its database, or by its only data folder. */
export const noteDataFolder = (installation: string, dataDir: string): void => {
  dataFolders.set(installation, (dataFolders.get(installation) ?? new Set()).add(dataDir));
};

const newestToken = async (installation: string, email: string): Promise<string | undefined> => {
  const all = [...(dataFolders.get(installation) ?? [])].map((each) => createMailFolder(join(each, 'mail'), ''));
  const mails = (await Promise.all(all.map((folder) => folder.list(Infinity)))).flat();
  const newestFirst = mails.sort((one, other) => other.keptAt.localeCompare(one.keptAt));
  return /token=([\w-]+)/.exec(newestFirst.find(({ to }) => to === email)?.text ?? '')?.[1];
};

/** Answers the token of the newest mail to an address that any node of an installation has kept. */
export const mailedToken = async (installation: string, email: string): Promise<string> =>
  (await eventually(
    () => newestToken(installation, email),
    (token) => token !== undefined,
  )) as string;
