import { createHash } from 'node:crypto';
import { lstat, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../../error-code.js';

/** A part of the socket's name. No free port of TCP has this number. */
export const SOCKET_PORT = 5432;
const SOCKET_NAME = `.s.PGSQL.${SOCKET_PORT}`;

/** The most bytes of the name of a socket, without its closing zero: the system takes 104 bytes on macOS, 108 on Linux. */
const LONGEST_NAME = 103;

/** Whether this system has Unix sockets that PostgreSQL and Node both use. */
export const hasSockets = process.platform !== 'win32';

const fits = (folder: string): boolean => Buffer.byteLength(join(folder, SOCKET_NAME)) <= LONGEST_NAME;

/** Answers a short name for a folder. Each user has their own: nobody else can take it away, nor make it lead elsewhere. */
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
 * Answers the folder of PostgreSQL's socket by a name that is short enough: its own, or a link in the temporary folder. The
 * server itself needs no link, as it works in the folder.
 */
export const socketFolder = async (folder: string): Promise<string> => {
  if (fits(folder)) return folder;
  const link = shortNameOf(folder);
  if (!fits(link)) throw new Error(`the name of the socket in ${folder} is too long: set DATA_DIR to a shorter one`);
  if (await leadsTo(link, folder)) return link;
  try {
    await symlink(folder, link);
  } catch (error) {
    // Another process of ours may have made it meanwhile.
    if (errorCode(error) !== 'EEXIST' || !(await leadsTo(link, folder))) throw error;
  }
  return link;
};

/** Removes the link, if there is one: the server has stopped. */
export const removeShortName = async (folder: string): Promise<void> => {
  if (hasSockets && !fits(folder)) await rm(shortNameOf(folder), { force: true });
};
