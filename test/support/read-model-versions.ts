import pg from 'pg';
import { openMongo } from '../../src/infrastructure/mongodb/open-mongo.js';
import { generationsOf } from '../../src/infrastructure/projections/mongodb/generation-record.js';
import { inTurn } from '../../src/infrastructure/projections/mongodb/turns.js';
import type { RunningApp } from './app.js';

const NEVER = new AbortController().signal;
/** The projections that are in MongoDB where there is one. */
const IN_MONGO = ['messages', 'search'];

/** The versions that the read models of an app say they are of. */
export interface ReadModelVersions {
  set(name: string, version: number): Promise<unknown>;
  of(name: string): Promise<number | undefined>;
  /** Keeps every server from rebuilding the projection, until what it answers is called. */
  hold(name: string): Promise<() => Promise<unknown>>;
  close(): Promise<void>;
}

const inPostgres = (url: string | undefined): ReadModelVersions => {
  const pool = new pg.Pool({ connectionString: url });
  return {
    set: (name, version) =>
      pool.query('update projections.checkpoints set version = $2 where name = $1', [name, version]),
    of: async (name) => {
      const question = 'select version from projections.checkpoints where name = $1';
      return (await pool.query<{ version: number }>(question, [name])).rows[0]?.version;
    },
    hold: async (name) => {
      const holder = new pg.Client({ connectionString: url });
      await holder.connect();
      await holder.query(`select pg_advisory_lock(hashtext('chatapp rebuild ' || $1))`, [name]);
      return () => holder.end();
    },
    close: () => pool.end(),
  };
};

const inMongo = async (url: string): Promise<ReadModelVersions> => {
  const { db, close } = await openMongo(url);
  return {
    set: (name, version) => generationsOf(db).updateOne({ _id: name }, { $set: { version } }),
    of: async (name) => (await generationsOf(db).findOne({ _id: name }))?.version,
    hold: async (name) => {
      let letGo = (): void => undefined;
      const over = new Promise<void>((resolve) => (letGo = resolve));
      let ended: Promise<void> = Promise.resolve();
      await new Promise<void>((begun) => {
        ended = inTurn(db, `${name}_rebuild`, NEVER, () => {
          begun();
          return over;
        });
      });
      return () => {
        letGo();
        return ended;
      };
    },
    close,
  };
};

/** Opens the versions of an app's read models, wherever these are. */
export const readModelVersions = async ({
  databaseUrl,
  mongoUrl,
}: Pick<RunningApp, 'databaseUrl' | 'mongoUrl'>): Promise<ReadModelVersions> => {
  const postgres = inPostgres(databaseUrl);
  const mongo = mongoUrl === undefined ? undefined : await inMongo(mongoUrl);
  const placeOf = (name: string) => (mongo && IN_MONGO.includes(name) ? mongo : postgres);
  return {
    set: (name, version) => placeOf(name).set(name, version),
    of: (name) => placeOf(name).of(name),
    hold: (name) => placeOf(name).hold(name),
    close: async () => {
      await mongo?.close();
      await postgres.close();
    },
  };
};
