import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const CONFIG = join(ROOT, '.dependency-cruiser.cjs');

/** The imports of each file, with the rules that each breaks. */
const files: Readonly<Record<string, readonly (readonly [imported: string, ...brokenRules: string[]])[]>> = {
  'src/domain/messages/decider.ts': [
    ['../kernel/decider.js'],
    ['../../application/messages/send-message.js', 'domain-is-pure'],
    ['../../application/ports/clock.js', 'domain-is-pure'],
    ['../../interfaces/http/app.js', 'domain-is-pure'],
    ['../../infrastructure/clock.js', 'domain-is-pure'],
    ['zod', 'domain-is-pure'],
    ['node:crypto', 'inner-layers-need-no-platform'],
  ],
  'src/domain/kernel/decider.ts': [],
  // A path in which the name of a layer stands elsewhere is not part of that layer.
  'src/domain-services/clock.ts': [],
  'src/domain/messages/src/application/text.ts': [['../../../../domain-services/clock.js', 'domain-is-pure']],
  'src/application/ports/clock.ts': [],
  'src/application/messages/send-message.ts': [
    ['../../domain/kernel/decider.js'],
    ['../ports/clock.js'],
    ['../../infrastructure/clock.js', 'application-knows-the-domain'],
    ['../../interfaces/http/app.js', 'application-knows-the-domain'],
    ['zod', 'application-knows-the-domain'],
    ['inversify', 'application-knows-the-domain', 'container-in-one-folder-alone'],
    ['node:timers/promises', 'inner-layers-need-no-platform'],
  ],
  'src/interfaces/http/app.ts': [
    ['koa'],
    ['@koa/router'],
    ['ws'],
    ['zod'],
    ['node:http'],
    ['../../application/ports/clock.js'],
    ['../../domain/kernel/decider.js'],
    ['pg', 'interfaces-know-the-application'],
    ['../../infrastructure/clock.js', 'interfaces-know-the-application'],
    ['../../infrastructure/di/tokens.js', 'interfaces-know-the-application'],
    ['../../infrastructure/server/stop-server.js', 'interfaces-know-the-application'],
    ['inversify', 'interfaces-know-the-application', 'container-in-one-folder-alone'],
  ],
  'src/infrastructure/clock.ts': [
    ['pg'],
    ['node:fs'],
    ['../application/ports/clock.js'],
    ['../domain/kernel/decider.js'],
    ['../interfaces/ws/gateway.js', 'infrastructure-implements-ports'],
    ['./di/tokens.js', 'infrastructure-implements-ports'],
    ['./server/stop-server.js', 'infrastructure-implements-ports'],
    ['./tool/close-tool.js', 'infrastructure-implements-ports'],
    ['zod', 'schemas-at-the-edges'],
    ['inversify', 'container-in-one-folder-alone'],
    ['reflect-metadata', 'metadata-at-the-entries-alone'],
    ['mocha', 'sources-without-development-packages'],
    ['not-installed', 'infrastructure-implements-ports', 'no-missing-modules'],
    ['../../test/support/clock.js', 'infrastructure-implements-ports', 'sources-without-tests'],
  ],
  'src/infrastructure/config.ts': [['zod']],
  'src/infrastructure/mongodb/driver.ts': [['mongodb']],
  'src/infrastructure/mongodb/open-mongo.ts': [['mongodb'], ['./driver.js']],
  'src/infrastructure/mongodb/loading.ts': [],
  'src/infrastructure/serialization/schemas.ts': [['zod']],
  'src/interfaces/ws/gateway.ts': [['../caller.js'], ['../http/mount.js', 'socket-without-http']],
  'src/interfaces/http/mount.ts': [['../caller.js']],
  'src/interfaces/caller.ts': [],
  'src/interfaces/refusals.ts': [],
  'src/interfaces/client/client.ts': [
    ['./wire.js'],
    ['../caller.js', 'client-stands-alone'],
    ['zod', 'client-stands-alone'],
    ['node:crypto', 'client-stands-alone'],
    ['./node/file-storage.js', 'client-without-node'],
  ],
  'src/interfaces/client/wire.ts': [['../caller.js'], ['zod']],
  'src/interfaces/client/node/file-storage.ts': [
    ['../wire.js'],
    ['node:fs'],
    ['../../http/mount.js', 'client-for-node-stands-alone'],
  ],
  'src/interfaces/ws/hub.ts': [['../client/client.js', 'server-without-client']],
  'src/infrastructure/di/ports.module.ts': [
    ['inversify'],
    ['../system-clock.js'],
    ['../../interfaces/caller.js', 'container-binds-ports'],
    ['../tool/close-tool.js', 'container-binds-ports'],
    ['reflect-metadata', 'metadata-at-the-entries-alone'],
  ],
  'src/infrastructure/di/tokens.ts': [],
  'src/infrastructure/server/stop-server.ts': [],
  'src/infrastructure/tool/close-tool.ts': [],
  'src/infrastructure/server/start-server.ts': [
    ['../di/ports.module.js'],
    ['../first.js'],
    ['../../interfaces/ws/gateway.js'],
    ['inversify', 'container-in-one-folder-alone'],
  ],
  'src/infrastructure/tool/open-tool.ts': [['../di/tokens.js'], ['../../interfaces/ws/gateway.js']],
  'src/infrastructure/system-clock.ts': [['./first.js']],
  'src/infrastructure/first.ts': [['./second.js', 'no-circles']],
  'src/infrastructure/second.ts': [['./first.js', 'no-circles']],
  'src/main.ts': [
    ['reflect-metadata'],
    ['./infrastructure/server/start-server.js'],
    ['inversify', 'container-in-one-folder-alone'],
  ],
  'test/support/clock.ts': [['mocha']],
  'test/main.test.ts': [['../src/main.js', 'nothing-imports-the-entry']],
};

/** What is there at run time, and is more than knowing a type. */
const valueImports: Readonly<Record<string, readonly (readonly [imported: string, brokenRule: string])[]>> = {
  'src/interfaces/client/wire.ts': [
    ['../refusals.js', 'client-takes-types-alone'],
    ['ws', 'client-takes-types-alone'],
  ],
  'src/infrastructure/mongodb/loading.ts': [
    ['mongodb', 'mongodb-is-loaded-where-it-is-used'],
    ['./driver.js', 'mongodb-is-loaded-later'],
  ],
};

const dependencies = ['zod', 'inversify', 'reflect-metadata', 'koa', '@koa/router', 'ws', 'pg', 'mongodb'];
const devDependencies = ['mocha'];
const versions = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));

const place = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
};

const build = async (folder: string): Promise<void> => {
  const manifest = { type: 'module', dependencies: versions(dependencies), devDependencies: versions(devDependencies) };
  await place(join(folder, 'package.json'), JSON.stringify(manifest));
  for (const name of [...dependencies, ...devDependencies]) {
    await place(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ name, main: 'main.js' }));
    await place(join(folder, 'node_modules', name, 'main.js'), '');
  }
  for (const [file, imports] of Object.entries(files)) {
    // Importing a type makes a dependency too.
    const lines = imports.map(([module], index) => `import type { Thing as Thing${index} } from '${module}';`);
    const values = (valueImports[file] ?? []).map(([module]) => `import '${module}';`);
    await place(join(folder, file), [...lines, ...values, 'export type Thing = 1;'].join('\n'));
  }
};

interface Report {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly {
      readonly module: string;
      readonly rules?: readonly { readonly name: string }[];
    }[];
  }[];
}

const cruise = (folder: string): Promise<Report> =>
  new Promise((resolve, fail) => {
    const parameters = [CRUISER, '--config', CONFIG, '--output-type', 'json', 'src', 'test'];
    const options = { cwd: folder, maxBuffer: 2 ** 25 };
    execFile(process.execPath, parameters, options, (error, output, complaints) => {
      if (output === '') fail(error ?? new Error(complaints));
      else resolve(JSON.parse(output) as Report);
    });
  });

/** Answers the name of an import in the report, which leaves `node:` out. */
const nameOf = (source: string, module: string) => `${source} → ${module.replace(/^node:/, '')}`;

describe('The layers', () => {
  const broken = new Map<string, readonly string[]>();
  let ruleNames: string[] = [];

  before(async () => {
    const config = (await import(CONFIG)) as { default: { forbidden: { name: string }[] } };
    ruleNames = config.default.forbidden.map(({ name }) => name);
    const folder = await mkdtemp(join(tmpdir(), 'layers-'));
    try {
      await build(folder);
      for (const { source, dependencies } of (await cruise(folder)).modules)
        for (const { module, rules = [] } of dependencies)
          broken.set(
            nameOf(source, module),
            rules.map(({ name }) => name),
          );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  for (const [source, imports] of [...Object.entries(files), ...Object.entries(valueImports)])
    for (const [module, ...rules] of imports)
      it(`${nameOf(source, module)} breaks ${rules.length === 0 ? 'nothing' : rules.join(' and ')}`, () => {
        const found = broken.get(nameOf(source, module));
        expect(found, 'the import was looked at').to.be.an('array');
        expect(found).to.have.members(rules);
      });

  it('have no rule that was not seen to fire', () => {
    const expected = [...Object.values(files), ...Object.values(valueImports)].flatMap((imports) =>
      imports.flatMap(([, ...rules]) => rules),
    );
    expect([...new Set(expected)]).to.have.members(ruleNames);
  });
});
