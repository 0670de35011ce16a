import type pg from 'pg';
import { PostgresListener } from '../postgres/listener.js';
import { BatchedSignals, type BatchedSignalsParts } from './batched-signals.js';

const CHANNEL = 'chatapp_signals';

/** Sends all signals of a turn in one transaction. It writes nothing, so that it waits for no disk. */
const NOTIFY = 'select pg_notify($1, payload) from unnest($2::text[]) as payload';

export interface PostgresSignalsParts extends BatchedSignalsParts {
  readonly pool: pg.Pool;
  /** Called whenever signals were sent, and could be received. */
  readonly alive?: () => void;
}

/** Sends signals by LISTEN and NOTIFY. */
export class PostgresSignals extends BatchedSignals {
  readonly #parts: PostgresSignalsParts;
  readonly #listener: PostgresListener;

  constructor(parts: PostgresSignalsParts) {
    super(parts);
    this.#parts = parts;
    this.#listener = new PostgresListener({
      config: parts.pool.options,
      channel: CHANNEL,
      owner: this.node,
      onNotify: (payload) => this.receive(payload),
      // The numbers of other senders are kept. A node that listens again later than this one asks for what it has missed, and the
      // gap in its own numbers shows that this node has missed something of it, too.
      onReconnect: () => this.listeners.tellOfMissed(),
      alive: () => {
        if (!this.isSending) parts.alive?.(); // Otherwise the connection is stuck, or will answer next time.
      },
      log: parts.log,
    });
  }

  open(): Promise<void> {
    return this.#listener.open();
  }

  /** Sends what waits, then receives nothing more. */
  async close(): Promise<void> {
    await this.sent();
    await this.#listener.close();
  }

  protected async send(payloads: readonly string[]): Promise<boolean> {
    await this.#parts.pool.query(NOTIFY, [CHANNEL, payloads]);
    this.#parts.alive?.();
    return true;
  }
}
