import { createHash } from 'node:crypto';
import { lstat, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../../error-code.js';

/** Part of the socket's name; no port of TCP that was free would be this one. */
export const SOCKET_PORT = 5432;
const SOCKET_NAME = `.s.PGSQL.${SOCKET_PORT}`;

/** What the system takes for the whole name of a socket, its closing zero left out: 104 bytes on macOS, 108 on Linux. */
const LONGEST_NAME = 103;

/** Whether this system has Unix sockets that PostgreSQL and Node both use. */
export const hasSockets = process.platform !== 'win32';

const fits = (folder: string): boolean => Buffer.byteLength(join(folder, SOCKET_NAME)) <= LONGEST_NAME;

/** A short name for a folder: each user has their own, as nobody else can take it away, nor make it lead elsewhere. */
const shortNameOf = (folder: string): string => {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return join(tmpdir(), `chatapp-${process.getuid?.() ?? 0}-${digest}`);
};

const leadsTo = async (link: string, folder: string): Promise<boolean> => {
  const found = await lstat(link).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
  if (!found) return false;
  if (found.uid === process.getuid?.() && found.isSymbolicLink() && (await readlink(link)) === folder) return true;
  throw new Error(`${link} is not the link to ${folder} that it should be: remove it`);
};

/**
 * The folder of PostgreSQL's socket by a name that is short enough: its own, or a link in the temporary folder. The
 * server itself needs none, as it works in the folder.
 */
export const socketFolder = async (folder: string): Promise<string> => {
  if (fits(folder)) return folder;
  const link = shortNameOf(folder);
  if (!fits(link)) throw new Error(`the name of the socket in ${folder} is too long: set DATA_DIR to a shorter one`);
  if (await leadsTo(link, folder)) return link;
  try {
    await symlink(folder, link);
  } catch (error) {
    // Another process of ours may have been faster.
    if (errorCode(error) !== 'EEXIST' || !(await leadsTo(link, folder))) throw error;
  }
  return link;
};

/** Removes the link, if there is one: the server has stopped. */
export const removeShortName = async (folder: string): Promise<void> => {
  if (hasSockets && !fits(folder)) await rm(shortNameOf(folder), { force: true });
};
