import { readFile } from 'node:fs/promises';

const PACKAGE = new URL('../../package.json', import.meta.url);

interface Package {
  readonly version: string;
  readonly engines: { readonly node: string };
}

/** Reads the description of this package. */
export const readPackage = async (): Promise<Package> => JSON.parse(await readFile(PACKAGE, 'utf8')) as Package;

/** Reads the version of this program. */
export const versionOf = async (): Promise<string> => (await readPackage()).version;
