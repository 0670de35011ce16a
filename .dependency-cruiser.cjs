// Dependencies point inwards: interfaces → application → domain; infrastructure implements the application's ports and
// is named in the composition root alone. Each layer has the list of what it may import: whatever else is there, or
// comes later, is refused. test/architecture/layers.test.ts sees every rule fire.

/** The layer's files may import what fits one of these, and nothing else. */
const allowList = (name, comment, { of, except, may }) => ({
  name,
  comment,
  severity: 'error',
  from: { path: of, ...(except && { pathNot: except }) },
  to: { pathNot: may, dependencyTypesNot: ['core'] },
});

const npm = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})/`;

/** Puts adapters and interfaces together: the server, the command-line tool, and the two entries. */
const COMPOSITION_ROOT = '^src/(infrastructure/(di|server|tool)/|(main|cli)\\.ts$)';
/** Makes the application of its ports. */
const CONTAINER = '^src/infrastructure/di/';

/** The library for clients, which is no part of the server. */
const CLIENT = '^src/interfaces/client/';

const layers = [
  allowList('domain-is-pure', 'The domain imports the domain alone.', { of: '^src/domain/', may: '^src/domain/' }),
  allowList('application-knows-the-domain', 'Use cases know the domain and their own ports.', {
    of: '^src/application/',
    may: '^src/(application|domain)/',
  }),
  allowList('interfaces-know-the-application', 'Interfaces call use cases; adapters come to them as ports.', {
    of: '^src/interfaces/',
    may: [
      '^src/(interfaces|application|domain)/',
      npm('koa', '@koa/[^/]+', 'koa-[^/]+', '@fastify/busboy', 'ws', 'zod', 'commander'),
    ],
  }),
  allowList('infrastructure-implements-ports', 'Adapters know ports, never interfaces nor the composition root.', {
    of: '^src/infrastructure/',
    except: COMPOSITION_ROOT,
    may: ['^src/(infrastructure/(?!(di|server|tool)/)|application/|domain/)', '(^|/)node_modules/'],
  }),
  allowList('container-binds-ports', 'The container binds adapters to ports; who asks it, it does not know.', {
    of: CONTAINER,
    may: ['^src/(infrastructure/(?!(server|tool)/)|application/|domain/)', '(^|/)node_modules/'],
  }),
  {
    name: 'inner-layers-need-no-platform',
    comment: 'The clock, randomness, files and sockets are ports: what the application decides can be replayed.',
    severity: 'error',
    from: { path: '^src/(domain|application)/' },
    to: { dependencyTypes: ['core'] },
  },
];

const restrictions = [
  {
    name: 'socket-without-http',
    comment: 'What the WebSocket and HTTP both need stands beside them.',
    severity: 'error',
    from: { path: '^src/interfaces/ws/' },
    to: { path: '^src/interfaces/http/' },
  },
  {
    name: 'client-stands-alone',
    comment: 'It runs in browsers: there is no server there, no package, and no Node.',
    severity: 'error',
    from: { path: CLIENT, pathNot: `${CLIENT}(node/|wire\\.ts$)` },
    to: { pathNot: CLIENT },
  },
  {
    name: 'client-takes-types-alone',
    comment: "One file has the types of the server's schemas, and nothing of it at run time.",
    severity: 'error',
    from: { path: `${CLIENT}wire\\.ts$` },
    to: { pathNot: CLIENT, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'client-for-node-stands-alone',
    comment: 'What the client has for Node needs Node alone.',
    severity: 'error',
    from: { path: `${CLIENT}node/` },
    to: { pathNot: CLIENT, dependencyTypesNot: ['core'] },
  },
  {
    name: 'client-without-node',
    comment: 'Whoever runs in Node gives the client what there is for Node.',
    severity: 'error',
    from: { path: CLIENT, pathNot: `${CLIENT}node/` },
    to: { path: `${CLIENT}node/` },
  },
  {
    name: 'server-without-client',
    comment: 'The server does not know who talks to it.',
    severity: 'error',
    from: { path: '^src/', pathNot: CLIENT },
    to: { path: CLIENT },
  },
  {
    name: 'container-in-one-folder-alone',
    comment: 'Everything else takes its dependencies as parameters.',
    severity: 'error',
    from: { path: '^src/', pathNot: CONTAINER },
    to: { path: npm('inversify', '@inversifyjs/[^/]+') },
  },
  {
    name: 'metadata-at-the-entries-alone',
    comment: 'The container needs it before anything else is loaded.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(main|cli)\\.ts$' },
    to: { path: npm('reflect-metadata') },
  },
  {
    name: 'mongodb-is-loaded-where-it-is-used',
    comment: 'The driver takes a fifth of the time of a start. Its types cost nothing.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/infrastructure/mongodb/driver\\.ts$' },
    to: { path: npm('mongodb'), dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'mongodb-is-loaded-later',
    comment: 'What imports the driver is itself imported when a MongoDB is opened.',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^src/infrastructure/mongodb/driver\\.ts$', dynamic: false, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'schemas-at-the-edges',
    comment:
      'In the infrastructure, input is parsed where it enters: stored events, configuration, secrets, tokens and manifests.',
    severity: 'error',
    from: {
      path: '^src/infrastructure/',
      pathNot: '^src/infrastructure/(serialization/|security/|moving/manifest\\.ts|config(\\.ts|/))',
    },
    to: { path: npm('zod') },
  },
  {
    name: 'nothing-imports-the-entry',
    comment: 'main.ts starts a server when it is imported, cli.ts carries out a command.',
    severity: 'error',
    from: { path: '^(src|test)/' },
    to: { path: '^src/(main|cli)\\.ts$' },
  },
  {
    name: 'sources-without-tests',
    comment: 'What is shipped does not need what tests it.',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^(test|scripts)/' },
  },
  {
    name: 'sources-without-development-packages',
    comment: 'They are not there where only dependencies are installed.',
    severity: 'error',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
  },
  {
    name: 'no-circles',
    comment: 'Of two files that need each other, neither can be read first.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-missing-modules',
    comment: 'Everything that is imported exists, and is a dependency of ours.',
    severity: 'error',
    from: { path: '^(src|test)/' },
    to: { dependencyTypes: ['unknown', 'undetermined', 'npm-no-pkg', 'npm-unknown'] },
  },
];

module.exports = {
  forbidden: [...layers, ...restrictions],
  options: {
    // Imports of types count: a type from the wrong layer is knowledge of it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
