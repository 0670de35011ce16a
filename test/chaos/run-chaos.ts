import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { grouped } from '../../src/application/kernel/grouped.js';
import type { Position } from '../../src/domain/kernel/ids.js';
import { kurrentDbLog } from '../../src/infrastructure/moving/kurrentdb-log.js';
import type { MovedLog } from '../../src/infrastructure/moving/moved-log.js';
import { postgresLog } from '../../src/infrastructure/moving/postgres-log.js';
import { startEmbeddedPostgres } from '../../src/infrastructure/postgres/embedded/embedded-postgres.js';
import { conversationOf, signUpMany, startGroup, type BenchUser } from '../bench/bench-users.js';
import { built } from '../support/built.js';
import { killDatabase } from '../support/kill-database.js';
import type { KurrentDbDouble } from '../support/kurrentdb-double/kurrentdb-double.js';
import { newDatabaseName, type MongoServer } from '../support/mongodb.js';
import type { NatsServer } from '../support/nats.js';
import { untilAnswering } from '../torture/until-answering.js';
import { ChatClient, IN_FLIGHT, type ChatClientParts } from './chat-client.js';
import { compareWithLog, type Compared } from './compare-with-log.js';
import { disturbDouble } from './disturb-double.js';
import { loggedEvents } from './logged-events.js';
import { projectedMessages, type MessageRow, type Projected } from './message-rows.js';
import { openAgainAndAgain } from './open-again.js';
import { Phases } from './phases.js';
import { Servers } from './servers.js';

const USERS = 12;
const GROUPS = 4;
const POLL_MS = 50;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** How much a run asks of the stores. */
interface Load {
  /** About so many messages are sent, spread over the run; more where it takes longer than it should. */
  readonly messages: number;
  /** The shortest pause of a user behind a message, in milliseconds. */
  readonly leastPauseMs: number;
  /** A connection is cut so often, in milliseconds. */
  readonly cutEveryMs: number;
}

/** Everybody writes as fast as they can. */
const FULL: Load = { messages: Infinity, leastPauseMs: 0, cutEveryMs: 150 };
/**
 * FerretDB decodes whole collections for a query, one core long. A resume asks some forty times: with 1,500 messages, each took longer
 * than clients wait for it, so that they connected again for ever, and nothing was acknowledged.
 */
const GENTLE: Load = { messages: 400, leastPauseMs: 4_000, cutEveryMs: 600 };

const loadOf = ({ mongo }: Pick<ChaosOptions, 'mongo'>): Load => (mongo?.isStandIn === true ? GENTLE : FULL);

export interface ChaosOptions {
  readonly seconds: number;
  /** The run lasts longer if this many messages have not been acknowledged by its end. */
  readonly messages: number;
  /** Says whether connections are cut, servers killed and PostgreSQL restarted during the run. */
  readonly faults: boolean;
  /** The time that each phase of the run may take, in milliseconds: what is later raises `PhaseOverdueError`. */
  readonly phaseMs: number;
  readonly onProgress: (line: string) => void;
  /** Where messages are, unless they are in PostgreSQL. */
  readonly mongo?: MongoServer | undefined;
  /** What signals go over, unless that is PostgreSQL. */
  readonly nats?: NatsServer | undefined;
  /** What has the log, unless it is in PostgreSQL. The faults of a run are its own then; nothing is killed. */
  readonly double?: KurrentDbDouble | undefined;
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
  /** How often the double of KurrentDB made each of its faults. */
  readonly logFaults: Readonly<Record<string, number>>;
}

type Faults = Pick<ChaosResult, 'socketsCut' | 'serversKilled' | 'databasesKilled' | 'othersKilled' | 'logFaults'>;

const NO_FAULTS: Faults = { socketsCut: 0, serversKilled: 0, databasesKilled: 0, othersKilled: 0, logFaults: {} };

/** What happens to a run, where, and until when. */
interface Disturbance extends Pick<ChaosOptions, 'mongo' | 'nats' | 'double'> {
  readonly dataDir: string;
  readonly load: Load;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

const cutSockets = async (clients: readonly ChatClient[], { until, load }: Disturbance): Promise<number> => {
  let cut = 0;
  for (; Date.now() < until; cut += 1) {
    clients[cut % clients.length]?.cut();
    await sleep(load.cutEveryMs);
  }
  return cut;
};

/** Kills the servers in turn, PostgreSQL in between, and MongoDB and NATS with it, until this time. */
const killServers = async (
  servers: Servers,
  { dataDir, until, mongo, nats }: Disturbance,
): Promise<Partial<Faults>> => {
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
  const { double, until } = disturbance;
  const [socketsCut, others] = await Promise.all([
    cutSockets(clients, disturbance),
    double ? disturbDouble(double, until).then((logFaults) => ({ logFaults })) : killServers(servers, disturbance),
  ]);
  return { ...NO_FAULTS, socketsCut, ...others };
};

const acknowledgedBy = (clients: readonly ChatClient[]): number =>
  clients.reduce((total, { acknowledged }) => total + acknowledged.size, 0);

const untilAcknowledged = async (clients: readonly ChatClient[], messages: number): Promise<void> => {
  while (acknowledgedBy(clients) < messages) await sleep(POLL_MS);
};

type Shared = Pick<ChatClientParts, 'conversationIds' | 'pickServer' | 'pauseMs'>;

const clientsOf = (users: readonly BenchUser[], shared: Shared): ChatClient[] =>
  users.map((user) => new ChatClient({ ...user, ...shared }));

/** Answers the pause of a user behind each message, in milliseconds. */
const pauseMsOf = (options: ChaosOptions): number => {
  const { messages, leastPauseMs } = loadOf(options);
  return Math.max(leastPauseMs, (options.seconds * 1_000 * USERS * IN_FLIGHT) / messages);
};

const sum = (counts: readonly number[]): number => counts.reduce((total, each) => total + each, 0);

/** Where a run takes place. */
interface Scene {
  readonly servers: Servers;
  readonly dataDir: string;
  readonly pool: pg.Pool;
  readonly mongoUrl: string | undefined;
  /** Answers the log; where it is in PostgreSQL, over these connections. */
  readonly logOver: (pool: pg.Pool) => MovedLog;
}

/** A run under way. */
interface Run extends Scene {
  readonly options: ChaosOptions;
  readonly phases: Phases;
}

/** Says how clients stand, those alike together. */
const statesOf = (clients: readonly ChatClient[]): string => {
  const states = [...grouped(clients, ({ state }) => state)].map(([state, { length }]) => `${length} ${state}`);
  return `clients: ${states.join('; ')}`;
};

/** The users who write, and what they write into. */
interface Cast {
  readonly clients: readonly ChatClient[];
  readonly conversationIds: readonly string[];
  readonly pair: readonly [BenchUser, BenchUser];
}

const signUpCast = async ({ servers, options }: Run): Promise<Cast> => {
  const first = await servers.start(0);
  const users = await signUpMany(first, USERS);
  const [ada, bob, ...others] = users as [BenchUser, BenchUser, ...BenchUser[]];
  const conversationIds: string[] = [];
  for (let n = 0; n < GROUPS; n += 1) conversationIds.push(await startGroup(first, ada, [bob, ...others]));
  await conversationOf(first, ada, bob);
  await servers.start(1);
  const shared = { conversationIds, pickServer: () => servers.pick(), pauseMs: pauseMsOf(options) };
  return { clients: clientsOf(users, shared), conversationIds, pair: [ada, bob] };
};

/** Lets all write, and disturbs them meanwhile. */
const writeAndDisturb = async (run: Run, { clients, pair: [ada, bob] }: Cast): Promise<Faults & { opened: number }> => {
  const { servers, dataDir, options } = run;
  const lastsMs = options.seconds * 1_000;
  const until = Date.now() + lastsMs;
  const opening = openAgainAndAgain({ pickServer: () => servers.pick(), ada, bob, until });
  const faults = options.faults
    ? await disturb(servers, clients, { ...options, load: loadOf(options), dataDir, until })
    : await sleep(lastsMs, NO_FAULTS);
  return { ...faults, opened: await opening };
};

const allWritten = async (clients: readonly ChatClient[], messages: number): Promise<void> => {
  await untilAcknowledged(clients, messages);
  await Promise.all(clients.map((client) => client.drain()));
};

/** Answers the read model of messages once it holds everything up to this position. */
const rowsWhenProjected = ({ mongoUrl, phases }: Run, pool: pg.Pool, last: Position): Promise<MessageRow[]> => {
  let seen: Projected | undefined;
  const rows = projectedMessages({ pool, mongoUrl }, last, (projected) => (seen = projected));
  const waiting = () => (seen ? `the read model is at ${seen.position} of ${seen.of}` : 'nobody says how far it is');
  return phases.run('the read model takes in the log', rows, waiting);
};

/** Compares everything, once everything is there. */
const compared = async (run: Run, { clients, conversationIds }: Cast, after: Position): Promise<Compared> => {
  const { pool, logOver, phases } = run;
  const readable = await untilAnswering(pool.options.connectionString ?? '');
  const log = logOver(readable);
  const upTo = await log.head();
  const logged = await loggedEvents(log, upTo);
  const last = logged.at(-1)?.position ?? upTo;
  await rowsWhenProjected(run, readable, last);
  const served = Promise.all(clients.map((client) => client.finish(upTo)));
  await phases.run(`clients are served up to ${upTo}`, served, () => statesOf(clients));
  const projected = await rowsWhenProjected(run, readable, last);
  await readable.end();
  return compareWithLog(clients, { conversationIds, after, logged, upTo, projected });
};

const chat = async (run: Run): Promise<ChaosResult> => {
  const { servers, pool, options, phases, logOver } = run;
  const cast = await phases.run('users sign up', signUpCast(run), () => `${servers.all.length} servers run`);
  const { clients } = cast;
  const standing = () => statesOf(clients);
  await phases.run('clients connect', Promise.all(clients.map((client) => client.start())), standing);
  const after = await logOver(pool).head();
  for (const client of clients) client.write(after);
  options.onProgress(`${USERS} users write into ${GROUPS} groups on two servers`);
  const happened = await phases.run(
    'clients write',
    writeAndDisturb(run, cast),
    () => `${acknowledgedBy(clients)} messages are acknowledged, ${servers.all.length} servers run`,
    options.seconds * 1_000,
  );
  await phases.run('everything is acknowledged', allWritten(clients, options.messages), standing);
  return {
    ...(await compared(run, cast, after)),
    ...happened,
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
  await built(); // The first server would be waited for as long.
  const dataDir = await mkdtemp(join(tmpdir(), 'chatapp-chaos-'));
  const embedded = await startEmbeddedPostgres(dataDir, SILENT);
  const pool = new pg.Pool({ connectionString: embedded.url, max: 2 });
  pool.on('error', () => undefined); // PostgreSQL is killed on purpose: the next query makes another connection
  const mongoUrl = options.mongo && `${options.mongo.url}${newDatabaseName()}`;
  const logUrl = options.double?.url;
  const servers = new Servers({ databaseUrl: embedded.url, mongoUrl, natsUrl: options.nats?.url, logUrl });
  const kurrentDb = logUrl === undefined ? undefined : await kurrentDbLog(logUrl, 'the double', SILENT);
  const logOver = (over: pg.Pool): MovedLog => kurrentDb ?? postgresLog(over, 'the database');
  try {
    const phases = new Phases({ withinMs: options.phaseMs, onProgress: options.onProgress });
    return await chat({ servers, dataDir, pool, mongoUrl, logOver, options, phases });
  } finally {
    await servers.stop();
    await kurrentDb?.close();
    await pool.end();
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};
