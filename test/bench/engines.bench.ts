import { startApp } from '../support/app.js';
import { watchTrips } from '../support/message-trips.js';
import { newDatabaseName, startMongo, type MongoServer } from '../support/mongodb.js';
import { hasNats, startNats, type NatsServer } from '../support/nats.js';
import { signUpPairs } from './bench-users.js';
import { putLoad } from './load.js';
import type { Report, Row } from './report.js';

const PAIRS = 100;
const IN_FLIGHT = 8;
const SECONDS = 5;
const WARM_UP_SECONDS = 2;
const WARM_UP_RATE = 500;

/** Answers the messages a second of the closed loop, on a server with these engines. */
const measured = async (engines: Readonly<Record<string, string>>): Promise<number> => {
  const app = await startApp({ env: { RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn', ...engines } });
  try {
    const base = { url: app.socketUrl, pairs: await signUpPairs(app, PAIRS), inFlight: IN_FLIGHT };
    await putLoad({ ...base, seconds: WARM_UP_SECONDS, rate: WARM_UP_RATE });
    const { sent, latencies, seconds } = await putLoad({ ...base, seconds: SECONDS });
    if (latencies.length !== sent) throw new Error(`${sent - latencies.length} of ${sent} messages did not arrive`);
    return latencies.length / seconds;
  } finally {
    await app.stop();
  }
};

const rate = (metric: string, value: number, rest: Partial<Row> = {}): Row => ({
  metric,
  value,
  unit: 'messages/s',
  ...rest,
});

const AT_LEAST = 'at least 80 %';
const NO_JUDGE = 'FerretDB reads whole collections: this judges nothing';

/** Measures the closed loop with messages in MongoDB, and counts what a batch takes of it, which no server changes. */
const onMongo = async (server: MongoServer, nats: Readonly<Record<string, string>>, alone: number): Promise<Row[]> => {
  const isReal = !server.name.startsWith('FerretDB');
  const value = await measured({ ...nats, MONGODB_URL: `${server.url}${newDatabaseName()}` });
  const { events, stages } = await watchTrips(server);
  const signals = 'NATS_URL' in nats ? ' and NATS' : '';
  return [
    rate(`PostgreSQL, ${server.name}${signals}`, value, { ratio: value / alone, target: isReal ? AT_LEAST : NO_JUDGE }),
    {
      metric: `round trips that follow on one another, for ${events} events`,
      value: new Set(stages).size,
      unit: 'trips',
      target: 'at most 4',
    },
    { metric: `commands for ${events} events, on ${server.name}`, value: stages.length, unit: 'commands' },
  ];
};

/** Measures what is there beside PostgreSQL alone. */
const rowsOf = async (nats: NatsServer | undefined, mongo: MongoServer | undefined): Promise<Row[]> => {
  const alone = await measured({});
  const rows = [rate('PostgreSQL alone', alone)];
  const signals: Record<string, string> = nats ? { NATS_URL: nats.url } : {};
  if (nats) {
    const value = await measured(signals);
    rows.push(rate('PostgreSQL and NATS', value, { ratio: value / alone, target: AT_LEAST }));
  }
  return mongo ? [...rows, ...(await onMongo(mongo, signals, alone))] : rows;
};

/** Measures the send benchmark on the engines that run here, beside PostgreSQL alone. */
export const run = async (): Promise<Report> => {
  const nats = hasNats ? await startNats() : undefined;
  const mongo = await startMongo();
  try {
    const missing = [...(nats ? [] : ['nats-server']), ...(mongo ? [] : ['MongoDB'])];
    const without = missing.length > 0 ? `, without ${missing.join(' and ')}` : '';
    return { name: `(l) The closed loop of chat on other engines${without}`, rows: await rowsOf(nats, mongo) };
  } finally {
    await mongo?.stop();
    await nats?.stop();
  }
};
