import { namedBreaking } from './named-in-changelog.js';
import { breakingChanges, changelog, recordContract } from './released.js';

const USAGE = `Compares the contract with that of the last release, in docs/contract.

  npm run contract -- diff      lists the changes that break clients, and whether CHANGELOG.md names them
  npm run contract -- record    records the contract of now; do it when you release

A change that breaks clients is named in CHANGELOG.md, in the list "### Breaking" under "## [Unreleased]":
  - \`POST /message/v1/send body.text\`: why, and what to do instead`;

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

const diff = async (): Promise<void> => {
  const named = namedBreaking(await changelog());
  for (const { path, what } of await breakingChanges())
    print(`${named.has(path) ? 'named  ' : 'UNNAMED'}  ${path}: ${what}`);
};

const commands: Readonly<Record<string, () => Promise<void>>> = { diff, record: recordContract };
const command = commands[process.argv[2] ?? ''];
if (command) await command();
else print(USAGE);
