import { startEmbeddedPostgres } from '../../../src/infrastructure/postgres/embedded/embedded-postgres.js';

// Starts a server of a test in a process of its own. It writes where its database is, and stops when it is asked to.
const [, , dataDir = ''] = process.argv;
const quiet = { info: () => undefined, warn: () => undefined };

try {
  const embedded = await startEmbeddedPostgres(dataDir, quiet);
  process.stdout.write(`url ${embedded.url}\n`);
  process.once('SIGTERM', () => void embedded.stop().then(() => process.exit(0)));
  setInterval(() => undefined, 60_000); // it runs until it is told to stop, or killed
} catch (error) {
  process.stdout.write(`refused ${(error as Error).name}: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
