import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { answered, retried, type CallParts } from './calls.js';
import { notLeaderDetails } from './kurrentdb-errors.js';

/** The server cannot be used, or the address cannot. The message says what to do. */
export class KurrentDbNotUsableError extends Error {
  override readonly name = 'KurrentDbNotUsableError';
}

/** The parts of the client that its types hide from those who are no subclass, and its constructor from subclasses. */
interface Inside {
  readonly capabilities: Promise<{
    readonly serverVersion: string;
    supports(method: { readonly path: string }): boolean;
  }>;
  readonly getChannel: () => Promise<Channel>;
  /** Closes the channel of a call that failed, and opens another one next, to the leader where the error names one. */
  readonly handleError: (caller: { readonly getChannel: () => Channel }, error: Error) => Promise<void>;
}

interface Channel {
  close(): void;
  /** Its address, with a scheme before it. */
  getTarget(): string;
}

const insideOf = (client: KurrentDBClient): Inside => client as unknown as Inside;

/** The first version that appends records to several streams under conditions. */
const OLDEST = [26, 1] as const;
/** The methods that are needed, by the names that people read. */
const NEEDED = { AppendRecords: { path: '/kurrentdb.protocol.v2.streams.StreamsService/AppendRecords' } };
const CLOSE_WITHIN_MS = 1_000;

const isNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
};

/** Loads the client, whose native addon nobody needs who keeps the log elsewhere, and gives it the address. */
const openClient = async (url: string): Promise<KurrentDBClient> => {
  const { KurrentDBClient: Client } = await import('@kurrent/kurrentdb-client');
  try {
    return Client.connectionString(url);
  } catch {
    // The error of the client may repeat the address, and a password in it: it is no cause that a log may show.
    throw new KurrentDbNotUsableError('KURRENTDB_URL is no address that the client of KurrentDB understands');
  }
};

/** Answers the version of the server. Refuses one that cannot do what is needed. */
const requireUsable = async (client: KurrentDBClient, { limits }: CallParts): Promise<string> => {
  const features = await answered(limits.answerWithinMs, insideOf(client).capabilities);
  const { serverVersion } = features;
  const missing = Object.entries(NEEDED).filter(([, method]) => !features.supports(method));
  const wanted = `KurrentDB ${OLDEST.join('.')} or later is needed, which appends to several streams at once`;
  if (!isNewEnough(serverVersion) || missing.length > 0)
    throw new KurrentDbNotUsableError(
      `the server at KURRENTDB_URL is of version ${serverVersion} and cannot be used: ${wanted}`,
    );
  return serverVersion;
};

/** Ends what the client has open: its streams, and the connection, which it leaves open by itself. */
export const closeClient = async (client: KurrentDBClient): Promise<void> => {
  await client.dispose();
  const channel = await answered(CLOSE_WITHIN_MS, insideOf(client).getChannel());
  channel.close();
};

/**
 * Turns the client to the node that an error names as the leader, as the client does by itself where a server speaks the older
 * protocol. Where the error names none, the next call goes where it went before.
 */
export const turnToLeader = async (client: KurrentDBClient, error: unknown): Promise<void> => {
  const details = notLeaderDetails(error);
  if (!details) return;
  const [{ NotLeaderError }, { leaderIn }] = await Promise.all([
    import('@kurrent/kurrentdb-client'),
    import('./leader-in.js'),
  ]);
  const leader = leaderIn(details);
  const channel = await insideOf(client).getChannel();
  // Calls that fail together turn to it once: each time, what is under way there would fail.
  if (!leader || channel.getTarget().endsWith(`${leader.host}:${leader.port}`)) return;
  const metadata = { 'leader-endpoint-host': leader.host, 'leader-endpoint-port': leader.port };
  const notLeader = new NotLeaderError(Object.assign(new Error('another node leads'), { metadata }) as never);
  await insideOf(client).handleError({ getChannel: () => channel }, notLeader);
};

/** A client, the version of the server that it speaks with, and what that server said it can do and is needed. */
export interface UsableClient {
  readonly client: KurrentDBClient;
  readonly serverVersion: string;
  readonly features: readonly string[];
}

/**
 * Opens a client of a server that can do what is needed. Each attempt has a client of its own: one that was told once that the
 * server is not ready keeps this answer for ever.
 */
export const openUsable = (url: string, parts: CallParts): Promise<UsableClient> =>
  retried(parts, async () => {
    const client = await openClient(url);
    try {
      const serverVersion = await requireUsable(client, parts);
      return { client, serverVersion, features: Object.keys(NEEDED) };
    } catch (error) {
      await closeClient(client).catch(() => undefined); // it never had a connection
      throw error;
    }
  });
