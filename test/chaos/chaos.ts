import { parseArgs } from 'node:util';
import { startMongo } from '../support/mongodb.js';
import { startNats } from '../support/nats.js';
import { KurrentDbDouble } from '../support/kurrentdb-double/kurrentdb-double.js';
import { chaos, type ChaosOptions } from './run-chaos.js';

const USAGE = `Lets a dozen users write on two servers on one database while their sockets are cut, the servers are killed one after
another and PostgreSQL is killed too. Then compares the log with the read models and with what every client was told.

  npm run chaos                      one minute
  npm run chaos -- --seconds 600
  npm run chaos -- --calm            without any fault
  npm run chaos -- --mongodb         with messages in MongoDB, which is killed too
  npm run chaos -- --nats            with signals over NATS, which is killed too
  npm run chaos -- --kurrentdb-double
                                     with the log on the tests' double of KurrentDB. Nothing is killed: the double drops subscriptions,
                                     loses, delays and refuses appends, cuts connections, and freezes

--mongodb takes \`mongod\` from the path, or what scripts/fetch-mongod.js has fetched or scripts/build-ferretdb.sh built. A server of
your own, named by MONGODB_URL, is used and not killed. --nats takes \`nats-server\` from the path.`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    calm: { type: 'boolean', default: false },
    mongodb: { type: 'boolean', default: false },
    nats: { type: 'boolean', default: false },
    'kurrentdb-double': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const SHOWN_FAULTS = 20;
const PHASE_MS = 300_000;

const startMongoNamed = async () => {
  const mongo = await startMongo();
  if (!mongo) throw new Error('there is no MongoDB');
  process.stdout.write(`messages are in ${mongo.name}\n`);
  return mongo;
};

/** Starts what the run needs beside PostgreSQL, and ends it in any case. */
const onStores = async <Result>(run: (stores: Pick<ChaosOptions, 'mongo' | 'nats' | 'double'>) => Promise<Result>) => {
  const mongo = values.mongodb ? await startMongoNamed() : undefined;
  const nats = values.nats ? await startNats() : undefined;
  const double = values['kurrentdb-double'] ? await new KurrentDbDouble().start() : undefined;
  try {
    return await run({ mongo, nats, double });
  } finally {
    double?.stop();
    await mongo?.stop();
    await nats?.stop();
  }
};

if (values.help || !(seconds > 0)) {
  process.stdout.write(`${USAGE}\n`);
  process.exitCode = values.help ? 0 : 1;
} else {
  const onProgress = (line: string) => process.stdout.write(`${line}\n`);
  const { faults, ...counts } = await onStores((stores) =>
    chaos({ seconds, messages: 0, phaseMs: PHASE_MS, faults: !values.calm, onProgress, ...stores }),
  );
  process.stdout.write(`${JSON.stringify(counts, undefined, 2)}\n`);
  for (const fault of faults.slice(0, SHOWN_FAULTS)) process.stdout.write(`FAULT: ${fault}\n`);
  process.stdout.write(faults.length === 0 ? 'Log, read models and frames agree.\n' : `${faults.length} faults.\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
