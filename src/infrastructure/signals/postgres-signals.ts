import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import type { NodeId, SignalListener, Signals } from '../../application/ports/signals.js';
import { PostgresListener } from '../postgres/listener.js';
import { entryText, packBatches, parseBatch } from './signal-batch.js';
import { SignalListeners, type SignalLog } from './signal-listeners.js';

const CHANNEL = 'chatapp_signals';

/** Sends all signals of a turn in one transaction. It writes nothing, so that it waits for no disk. */
const NOTIFY = 'select pg_notify($1, payload) from unnest($2::text[]) as payload';

/** The most signals that wait while the database does not answer. Then all are dropped, and the other nodes ask again. */
const MAX_WAITING_SIGNALS = 50_000;
/** So many signals do not gather in a turn, nor while the database answers as it should. */
const MANY_WAITING_SIGNALS = 1_000;

export interface PostgresSignalsParts {
  readonly pool: pg.Pool;
  readonly log: SignalLog;
  /** Called whenever signals were sent, and could be received. */
  readonly alive?: () => void;
}

/** Sends signals by LISTEN and NOTIFY. What is published in one turn, or while the last ones are under way, goes together. */
export class PostgresSignals implements Signals {
  readonly node = randomUUID() as NodeId;
  readonly #parts: PostgresSignalsParts;
  readonly #listeners: SignalListeners;
  readonly #listener: PostgresListener;
  /** The number of the last batch that was received from each sender. */
  readonly #received = new Map<NodeId, number>();
  #waiting: string[] = [];
  #sending: Promise<void> | undefined;
  #nextNumber = 1;

  constructor(parts: PostgresSignalsParts) {
    this.#parts = parts;
    this.#listeners = new SignalListeners(parts.log);
    this.#listener = new PostgresListener({
      config: parts.pool.options,
      channel: CHANNEL,
      owner: this.node,
      onNotify: (payload) => this.#receive(payload),
      // The numbers of other senders are kept. A node that listens again later than this one asks for what it has missed, and the
      // gap in its own numbers shows that this node has missed something of it, too.
      onReconnect: () => this.#listeners.tellOfMissed(),
      alive: () => {
        if (!this.#sending) parts.alive?.(); // Otherwise the connection is stuck, or will answer next time.
      },
      log: parts.log,
    });
  }

  open(): Promise<void> {
    return this.#listener.open();
  }

  publish(topic: string, content: object): void {
    const text = entryText(topic, content);
    if (this.#waiting.length >= MAX_WAITING_SIGNALS) this.#drop();
    this.#waiting.push(text);
    this.#sending ??= this.#sendAll();
  }

  get isBehind(): boolean {
    return this.#waiting.length >= MANY_WAITING_SIGNALS;
  }

  subscribe(topic: string, listener: SignalListener): () => void {
    return this.#listeners.add(topic, listener);
  }

  onMissed(listener: () => void): () => void {
    return this.#listeners.addOfMissed(listener);
  }

  /** Sends what waits, then receives nothing more. */
  async close(): Promise<void> {
    await this.#sending;
    await this.#listener.close();
  }

  /** Leaves a gap in the numbers, by which the other nodes notice. */
  #drop(): void {
    this.#parts.log.warn({ signals: this.#waiting.length }, 'signals were lost');
    this.#waiting = [];
    this.#nextNumber += 1;
  }

  async #sendAll(): Promise<void> {
    await nextTurn();
    while (this.#waiting.length > 0) {
      const payloads = packBatches(this.node, this.#nextNumber, this.#waiting);
      this.#waiting = [];
      this.#nextNumber += payloads.length;
      try {
        await this.#parts.pool.query(NOTIFY, [CHANNEL, payloads]);
        this.#parts.alive?.();
      } catch (error) {
        this.#parts.log.warn({ err: error, batches: payloads.length }, 'signals were lost');
      }
    }
    this.#sending = undefined;
  }

  #receive(payload: string): void {
    const batch = parseBatch(payload);
    if (!batch) {
      this.#parts.log.warn({ bytes: payload.length }, 'heard what is no signal');
      return;
    }
    const { from, number, signals } = batch;
    if (from === this.node) return;
    const last = this.#received.get(from);
    this.#received.set(from, number);
    if (last !== undefined && number !== last + 1) this.#listeners.tellOfMissed();
    for (const [topic, content] of signals) this.#listeners.notify(topic, content, from);
  }
}
