import type pg from 'pg';
import { OWNER_SETTING } from '../../postgres/owner-of.js';
import { destroy, openSession, type SessionParts } from '../../postgres/session.js';

/**
 * The time that one group may wait for the lock on the log, and the time that it may take in all. The planner must use the
 * indexes: without statistics it takes a stream for short, and would sort all of a long one to find its last event
 * (90 appends a second to one stream instead of thousands).
 */
const SETTINGS = {
  // An append that was answered is on the disk, whatever the database is set to.
  synchronous_commit: 'on',
  lock_timeout: '5000',
  statement_timeout: '15000',
  idle_in_transaction_session_timeout: '15000',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  plan_cache_mode: 'force_generic_plan',
};
const NAME = 'chatapp log writer';

export interface WriterParts {
  readonly config: pg.ClientConfig;
  /** A listener of the same owner is not notified of what it appends. */
  readonly owner: string;
  readonly answerWithinMs: number;
  /** Called with the server process of each new connection. */
  readonly onOpen: (processId: number | null) => void;
}

/** The one connection that appends, opened again when it was lost. */
export class WriterConnection {
  #client: pg.Client | undefined;
  readonly #config: pg.ClientConfig;
  readonly #session: SessionParts;
  readonly #onOpen: (processId: number | null) => void;

  constructor({ config, owner, answerWithinMs, onOpen }: WriterParts) {
    this.#config = config;
    this.#session = { name: NAME, settings: { ...SETTINGS, [OWNER_SETTING]: owner }, answerWithinMs };
    this.#onOpen = onOpen;
  }

  async open(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    const client = await openSession(this.#config, this.#session, (lost) => this.#forget(lost));
    this.#client = client;
    this.#onOpen((client as pg.Client & { processID: number | null }).processID);
    return client;
  }

  #forget(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
  }

  /** Drops a connection that failed: the next `open` makes another. */
  discard(): void {
    if (this.#client) destroy(this.#client);
    this.#client = undefined;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }
}
