import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { built } from '../support/built.js';
import { describeOnMongo, type MongoServer } from '../support/mongodb.js';

/** Tests of a whole server that know nothing of where its messages are. */
const SAME_TESTS = ['changed-messages', 'restart', 'resume'];
/** More of them, on a server that is as quick as they expect. FerretDB reads whole collections. */
const MORE_TESTS = ['client', 'deliveries', 'live', 'mentions', 'pins', 'reactions', 'search'];
const LONG_MS = 300_000;

/** Runs a file of tests on servers with their messages in MongoDB. */
const passes = (server: () => MongoServer) => (name: string) =>
  it(`passes the same tests as one without: ${name}`, async function () {
    this.timeout(LONG_MS);
    const env = {
      ...process.env,
      CHATAPP_TEST_MESSAGES_AT: server().url,
      TEST_DATABASE_URL: process.env['CHATAPP_TEST_URL'],
    };
    const args = ['node_modules/mocha/bin/mocha.js', '--no-parallel', `test/e2e/${name}.e2e.test.ts`];
    const run = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(run, 'close');
    expect(run.exitCode, output).to.equal(0);
    expect(output).to.match(/ [1-9]\d* passing/);
  });

describeOnMongo('A server with its messages in MongoDB', (server) => {
  before(() => built());
  SAME_TESTS.forEach(passes(server));
});

describeOnMongo('A server with its messages in a real MongoDB', (server) => MORE_TESTS.forEach(passes(server)), {
  real: true,
});
