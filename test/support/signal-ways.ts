import pg from 'pg';
import type { RunningApp } from './app.js';
import { leavesOut } from './draws.js';
import { describeOnNats, startNats, type NatsServer } from './nats.js';

/** A way on which signals go from node to node. */
export interface SignalWay {
  /** The settings of a node that takes it. */
  readonly env: Readonly<Record<string, string>>;
  /** Cuts every node off from the others, for a moment. */
  cut(app: RunningApp): Promise<void>;
}

const END_LISTENERS = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name = 'listener of chatapp_signals'`;

const overPostgres: SignalWay = {
  env: {},
  cut: async ({ databaseUrl }) => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(END_LISTENERS);
    await client.end();
  },
};

/** Describes the same on each way on which signals go from node to node. */
export const describeOnEachWay = (title: string, tests: (this: Mocha.Suite, way: () => SignalWay) => void): void => {
  describe(`${title} over PostgreSQL`, function () {
    tests.call(this, () => overPostgres);
  });
  if (leavesOut) return;
  describeOnNats(`${title} over NATS`, function () {
    let server: NatsServer;
    before(async () => {
      server = await startNats();
    });
    after(() => server.stop());
    tests.call(this, () => ({
      env: { NATS_URL: server.url },
      cut: async () => {
        await server.kill();
        await server.restart();
      },
    }));
  });
};
