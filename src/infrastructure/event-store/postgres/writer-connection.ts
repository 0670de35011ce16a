import pg from 'pg';

/**
 * How long one group may wait for the lock on the log, and how long it may take in all. Then the planner's hands are tied
 * to the indexes: without statistics it takes a stream for short, and would sort all of a long one to find its last event
 * (90 appends a second to one stream instead of thousands).
 */
const SESSION_SETTINGS = [
  'lock_timeout=5000',
  'statement_timeout=15000',
  'idle_in_transaction_session_timeout=15000',
  'enable_seqscan=off',
  'enable_bitmapscan=off',
  'plan_cache_mode=force_generic_plan',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

/** The one connection that appends, opened again when it was lost. */
export class WriterConnection {
  #client: pg.Client | undefined;
  readonly #config: pg.ClientConfig;

  readonly #onOpen: (processId: number | null) => void;

  constructor(config: pg.ClientConfig, onOpen: (processId: number | null) => void) {
    this.#onOpen = onOpen;
    this.#config = { ...config, options: SESSION_SETTINGS, application_name: 'chatapp log writer', keepAlive: true };
  }

  async open(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    const client = new pg.Client(this.#config);
    client.on('error', () => this.#forget(client)); // what waits on it is rejected by the driver, and repeated by the writer
    client.on('end', () => this.#forget(client));
    await client.connect();
    this.#client = client;
    this.#onOpen((client as pg.Client & { processID: number | null }).processID);
    return client;
  }

  #forget(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
  }

  /** Drops a connection that failed: the next `open` makes another. */
  async discard(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined); // it is broken: there is nobody to tell
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }
}
