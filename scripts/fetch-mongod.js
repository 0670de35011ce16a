// Fetches a `mongod` for tests into .cache/mongod, where the network has one. It gives up in two minutes.
import { join } from 'node:path';
import { setTimeout } from 'node:timers';
import { MongoBinary } from 'mongodb-memory-server-core';

const GIVE_UP_MS = 120_000;

setTimeout(() => {
  process.stderr.write('no mongod was fetched in time\n');
  process.exit(1);
}, GIVE_UP_MS).unref();

try {
  const path = await MongoBinary.getPath({ downloadDir: join(import.meta.dirname, '../.cache/mongod') });
  process.stdout.write(`${path}\n`);
  process.exit(0);
} catch (error) {
  process.stderr.write(
    `no mongod was fetched: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}\n`,
  );
  process.exit(1);
}
