import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/infrastructure/postgres/embedded/embedded-postgres.js';
import { conversationOf, signUpMany, startGroup, type BenchUser } from '../bench/bench-users.js';
import { killDatabase } from '../support/kill-database.js';
import { newDatabaseName, type MongoServer } from '../support/mongodb.js';
import type { NatsServer } from '../support/nats.js';
import { untilAnswering } from '../torture/until-answering.js';
import { ChatClient } from './chat-client.js';
import { compareWithLog, type Compared } from './compare-with-log.js';
import { projectedMessages } from './message-rows.js';
import { openAgainAndAgain } from './open-again.js';
import { Servers } from './servers.js';

const USERS = 12;
const GROUPS = 4;
const CUT_EVERY_MS = 150;
const POLL_MS = 50;

export interface ChaosOptions {
  readonly seconds: number;
  /** The run lasts longer if this many messages have not been acknowledged by its end. */
  readonly messages: number;
  /** Says whether connections are cut, servers killed and PostgreSQL restarted during the run. */
  readonly faults: boolean;
  readonly onProgress: (line: string) => void;
  /** Where messages are, unless they are in PostgreSQL. */
  readonly mongo?: MongoServer | undefined;
  /** What signals go over, unless that is PostgreSQL. */
  readonly nats?: NatsServer | undefined;
}

export interface ChaosResult extends Compared {
  readonly acknowledged: number;
  /** The frames with a position that clients were sent; repeats are not counted. */
  readonly frames: number;
  /** The number of times that an existing direct conversation was opened again. */
  readonly opened: number;
  readonly socketsCut: number;
  readonly connections: number;
  readonly serversKilled: number;
  readonly databasesKilled: number;
  /** The number of times that MongoDB and NATS were killed. */
  readonly othersKilled: number;
}

type Faults = Pick<ChaosResult, 'socketsCut' | 'serversKilled' | 'databasesKilled' | 'othersKilled'>;

const NO_FAULTS: Faults = { socketsCut: 0, serversKilled: 0, databasesKilled: 0, othersKilled: 0 };

/** What happens to a run, where, and until when. */
interface Disturbance extends Pick<ChaosOptions, 'mongo' | 'nats'> {
  readonly dataDir: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

const HEAD = 'select coalesce(max(position), 0)::text as head from log.events';

const headOf = async (pool: pg.Pool): Promise<string> =>
  (await pool.query<{ head: string }>(HEAD)).rows[0]?.head ?? '0';

const cutSockets = async (clients: readonly ChatClient[], until: number): Promise<number> => {
  let cut = 0;
  for (; Date.now() < until; cut += 1) {
    clients[cut % clients.length]?.cut();
    await sleep(CUT_EVERY_MS);
  }
  return cut;
};

/** Kills the servers in turn, PostgreSQL in between, and MongoDB and NATS with it, until this time. */
const killServers = async (
  servers: Servers,
  { dataDir, until, mongo, nats }: Disturbance,
): Promise<Omit<Faults, 'socketsCut'>> => {
  const others = [mongo?.isOwn ? mongo : undefined, nats].filter((each) => each !== undefined);
  let [serversKilled, databasesKilled, othersKilled] = [0, 0, 0];
  while (Date.now() < until) {
    await servers.restart(serversKilled % 2);
    serversKilled += 1;
    await killDatabase(dataDir);
    databasesKilled += 1;
    for (const other of others) {
      await other.kill();
      othersKilled += 1;
      await other.restart();
    }
    await sleep(1_000);
  }
  return { serversKilled, databasesKilled, othersKilled };
};

const disturb = async (servers: Servers, clients: readonly ChatClient[], disturbance: Disturbance): Promise<Faults> => {
  const [socketsCut, killed] = await Promise.all([
    cutSockets(clients, disturbance.until),
    killServers(servers, disturbance),
  ]);
  return { socketsCut, ...killed };
};

const acknowledgedBy = (clients: readonly ChatClient[]): number =>
  clients.reduce((total, { acknowledged }) => total + acknowledged.size, 0);

const untilAcknowledged = async (clients: readonly ChatClient[], messages: number): Promise<void> => {
  while (acknowledgedBy(clients) < messages) await sleep(POLL_MS);
};

const clientsOf = (users: readonly BenchUser[], conversationIds: readonly string[], servers: Servers): ChatClient[] =>
  users.map((user) => new ChatClient({ ...user, conversationIds, pickServer: () => servers.pick() }));

const sum = (counts: readonly number[]): number => counts.reduce((total, each) => total + each, 0);

/** Where a run takes place. */
interface Scene {
  readonly servers: Servers;
  readonly dataDir: string;
  readonly pool: pg.Pool;
  readonly mongoUrl: string | undefined;
}

const chat = async ({ servers, dataDir, pool, mongoUrl }: Scene, options: ChaosOptions): Promise<ChaosResult> => {
  const first = await servers.start(0);
  const users = await signUpMany(first, USERS);
  const [ada, bob, ...others] = users as [BenchUser, BenchUser, ...BenchUser[]];
  const conversationIds: string[] = [];
  for (let n = 0; n < GROUPS; n += 1) conversationIds.push(await startGroup(first, ada, [bob, ...others]));
  await conversationOf(first, ada, bob);
  await servers.start(1);
  const clients = clientsOf(users, conversationIds, servers);
  await Promise.all(clients.map((client) => client.start()));
  const after = await headOf(pool);
  for (const client of clients) client.write(after);
  const until = Date.now() + options.seconds * 1_000;
  const opening = openAgainAndAgain({ pickServer: () => servers.pick(), ada, bob, until });
  options.onProgress(`${USERS} users write into ${GROUPS} groups on two servers`);
  const faults = options.faults
    ? await disturb(servers, clients, { ...options, dataDir, until })
    : await sleep(options.seconds * 1_000, NO_FAULTS);
  const opened = await opening;
  await untilAcknowledged(clients, options.messages);
  await Promise.all(clients.map((client) => client.drain()));
  const readable = await untilAnswering(pool.options.connectionString ?? '');
  await projectedMessages(readable, mongoUrl);
  const head = await headOf(readable);
  await Promise.all(clients.map((client) => client.finish(head)));
  const projected = await projectedMessages(readable, mongoUrl);
  const compared = await compareWithLog(readable, clients, { conversationIds, after, upTo: head, projected });
  await readable.end();
  return {
    ...compared,
    ...faults,
    opened,
    acknowledged: acknowledgedBy(clients),
    frames: sum(clients.map(({ record }) => record.size)),
    connections: sum(clients.map(({ connections }) => connections)),
  };
};

/**
 * Lets many users write on two servers for this long, and compares the log with the read models and every client's
 * frames.
 */
export const chaos = async (options: ChaosOptions): Promise<ChaosResult> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'chatapp-chaos-'));
  const log = { info: () => undefined, warn: () => undefined };
  const embedded = await startEmbeddedPostgres(dataDir, log);
  const pool = new pg.Pool({ connectionString: embedded.url, max: 2 });
  pool.on('error', () => undefined); // PostgreSQL is killed on purpose: the next query makes another connection
  const mongoUrl = options.mongo && `${options.mongo.url}${newDatabaseName()}`;
  const servers = new Servers({ databaseUrl: embedded.url, mongoUrl, natsUrl: options.nats?.url });
  try {
    return await chat({ servers, dataDir, pool, mongoUrl }, options);
  } finally {
    await servers.stop();
    await pool.end();
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};
