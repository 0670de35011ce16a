import { readFile, writeFile } from 'node:fs/promises';
import { asyncApiDocument } from '../../../src/interfaces/ws/asyncapi.js';
import { openApi, type OpenApi } from '../published-routes.js';
import { canonical, type Breaking } from './change.js';
import { compareAsyncApi, type AsyncApi } from './compare-asyncapi.js';
import { compareOpenApi } from './compare-openapi.js';

const FOLDER = new URL('../../../docs/contract/', import.meta.url);
const CHANGELOG = new URL('../../../CHANGELOG.md', import.meta.url);

interface Contract {
  readonly 'openapi.json': OpenApi;
  readonly 'asyncapi.json': AsyncApi;
}

/** The contract as it is now, of no version and at no address. */
export const contractOfNow: Contract = {
  'openapi.json': openApi,
  'asyncapi.json': asyncApiDocument({ version: '0.0.0', url: 'http://127.0.0.1' }) as AsyncApi,
};

const released = async <Name extends keyof Contract>(name: Name): Promise<Contract[Name]> =>
  JSON.parse(await readFile(new URL(name, FOLDER), 'utf8')) as Contract[Name];

/** Lists what has changed since the last release so that clients break. */
export const breakingChanges = async (now: Contract = contractOfNow): Promise<Breaking[]> => [
  ...compareOpenApi(await released('openapi.json'), now['openapi.json']),
  ...compareAsyncApi(await released('asyncapi.json'), now['asyncapi.json']),
];

export const changelog = (): Promise<string> => readFile(CHANGELOG, 'utf8');

/** Records the contract of now as that of a release. */
export const recordContract = async (): Promise<void> => {
  for (const [name, document] of Object.entries(contractOfNow))
    await writeFile(new URL(name, FOLDER), `${canonical(document)}\n`);
};
