import { randomBytes } from 'node:crypto';
import { startApp, type RunningApp } from '../support/app.js';

const newSecret = (): string => randomBytes(32).toString('hex');

export interface ServersParts {
  readonly databaseUrl: string;
  /** The database of MongoDB that has the messages; without it they are in PostgreSQL. */
  readonly mongoUrl: string | undefined;
  /** The server over which signals go; without it they go over PostgreSQL. */
  readonly natsUrl: string | undefined;
  /** The server of KurrentDB that has the log; without it the log is in PostgreSQL. */
  readonly logUrl: string | undefined;
}

/** Two whole servers on one database. */
export class Servers {
  readonly #node: Pick<RunningApp, 'databaseUrl' | 'mongoUrl' | 'logUrl' | 'jwtSecret' | 'masterKey'>;
  readonly #natsUrl: string;
  readonly #running = new Map<number, RunningApp>();
  #picked = 0;

  constructor({ databaseUrl, mongoUrl, logUrl, natsUrl = '' }: ServersParts) {
    this.#node = { databaseUrl, mongoUrl, logUrl, jwtSecret: newSecret(), masterKey: newSecret() };
    this.#natsUrl = natsUrl;
  }

  async start(number: number): Promise<RunningApp> {
    const app = await startApp({ beside: this.#node, env: { NATS_URL: this.#natsUrl } });
    this.#running.set(number, app);
    return app;
  }

  get all(): RunningApp[] {
    return [...this.#running.values()];
  }

  /** Answers one running server after the other. */
  pick(): string {
    const running = this.all;
    const app = running[this.#picked++ % running.length];
    if (!app) throw new Error('no server runs');
    return app.url;
  }

  /** Ends a server as a crash would, and starts another in its place. */
  async restart(number: number): Promise<void> {
    const app = this.#running.get(number);
    this.#running.delete(number);
    await app?.kill();
    await this.start(number);
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((app) => app.stop()));
  }
}
