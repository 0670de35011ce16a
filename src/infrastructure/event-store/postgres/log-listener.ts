import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { StoreLog } from './store-limits.js';

const CHANNEL = 'chatapp_log';
const RETRY_MS = 500;

/** Listens for appends of other processes, on one connection of its own that is opened again when it was lost. */
export class LogListener {
  #client: pg.Client | undefined;
  #closed = false;
  readonly #config: pg.ClientConfig;
  readonly #onAppend: () => void;
  readonly #log: StoreLog;

  constructor(config: pg.ClientConfig, onAppend: () => void, log: StoreLog) {
    this.#config = { ...config, application_name: 'chatapp log listener', keepAlive: true };
    this.#onAppend = onAppend;
    this.#log = log;
  }

  async open(): Promise<void> {
    const client = new pg.Client(this.#config);
    client.on('notification', ({ processId }) => this.#notified(processId));
    client.on('error', (error) => this.#log.warn({ err: error }, 'log listener lost its connection'));
    client.on('end', () => void this.#reopen());
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    this.#client = client;
  }

  /** The writer's own notifications say nothing new. */
  ignoring: number | null = null;

  #notified(processId: number): void {
    if (processId !== this.ignoring) this.#onAppend();
  }

  async #reopen(): Promise<void> {
    while (!this.#closed) {
      await sleep(RETRY_MS);
      if (this.#closed) return;
      try {
        await this.open();
        this.#onAppend(); // something may have been missed
        return;
      } catch (error) {
        this.#log.warn({ err: error }, 'log listener cannot connect, trying again');
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end();
  }
}
