import type { Db, MongoClientOptions } from 'mongodb';
import { loadDriver } from './load-driver.js';
import { asked } from './mongo-errors.js';

const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 65_000;
const POOL_SIZE = 20;

/** MongoDB takes more; this many updates are a request of some hundred kilobytes. */
const UPDATES_AT_ONCE = 500;
/** FerretDB hangs when fifty updates of a request find their documents. */
const UPDATES_AT_ONCE_OF_FERRETDB = 20;

/** A database of a MongoDB server. */
export interface MongoDatabase {
  readonly db: Db;
  /** The name and version of the server. */
  readonly server: string;
  /** The most updates of one request. */
  readonly updatesAtOnce: number;
  close(): Promise<void>;
}

/** The database of a URL that names none. */
const DEFAULT_DATABASE = 'chatapp';
const NAMED = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/;

const databaseOf = (url: string): string => NAMED.exec(url)?.[1] ?? DEFAULT_DATABASE;

interface BuildInfo {
  readonly version: string;
  readonly ferretdbVersion?: string;
}

/** Opens connections to a MongoDB, and looks what server it is. Numbers of 64 bits are `bigint`s. */
export const openMongo = async (
  url: string,
  settings: Pick<MongoClientOptions, 'monitorCommands'> = {},
): Promise<MongoDatabase> => {
  const { MongoClient } = await loadDriver();
  const client = new MongoClient(url, {
    ...settings,
    appName: 'chatapp',
    maxPoolSize: POOL_SIZE,
    useBigInt64: true,
    ignoreUndefined: true,
    serverSelectionTimeoutMS: CONNECT_WITHIN_MS,
    connectTimeoutMS: CONNECT_WITHIN_MS,
    socketTimeoutMS: ANSWER_WITHIN_MS,
    // Others may be behind: what is read decides what is written.
    readPreference: 'primary',
    // What was acknowledged outlives the loss of the primary: documents before heads, and heads before checkpoints.
    writeConcern: { w: 'majority' },
  });
  try {
    const db = client.db(databaseOf(url));
    const { version, ferretdbVersion } = (await asked(() => db.admin().command({ buildInfo: 1 }))) as BuildInfo;
    return {
      db,
      server: ferretdbVersion ? `FerretDB ${ferretdbVersion}` : `MongoDB ${version}`,
      updatesAtOnce: ferretdbVersion ? UPDATES_AT_ONCE_OF_FERRETDB : UPDATES_AT_ONCE,
      close: () => client.close(),
    };
  } catch (error) {
    await client.close();
    throw error;
  }
};
