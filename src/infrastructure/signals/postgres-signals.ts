import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import type { NodeId, SignalListener, Signals } from '../../application/ports/signals.js';
import { PostgresListener } from '../postgres/listener.js';
import { entryText, packBatches, parseBatch } from './signal-batch.js';
import { SignalListeners, type SignalLog } from './signal-listeners.js';

const CHANNEL = 'chatapp_signals';

/** One transaction for all of a turn. It writes nothing, so that it waits for no disk. */
const NOTIFY = 'select pg_notify($1, payload) from unnest($2::text[]) as payload';

/** What waits while the database does not answer; then it is dropped, and the others ask again. */
const MAX_WAITING_SIGNALS = 50_000;

export interface PostgresSignalsParts {
  readonly pool: pg.Pool;
  readonly log: SignalLog;
  /** Called whenever signals were sent and can be heard. */
  readonly alive?: () => void;
}

/** Signals by LISTEN and NOTIFY. What is published in one turn, or while the last ones are on their way, goes together. */
export class PostgresSignals implements Signals {
  readonly node = randomUUID() as NodeId;
  readonly #parts: PostgresSignalsParts;
  readonly #listeners: SignalListeners;
  readonly #listener: PostgresListener;
  /** The last batch heard of each sender. */
  readonly #heard = new Map<NodeId, number>();
  #waiting: string[] = [];
  #sending: Promise<void> | undefined;
  #nextNumber = 1;

  constructor(parts: PostgresSignalsParts) {
    this.#parts = parts;
    this.#listeners = new SignalListeners(parts.log);
    this.#listener = new PostgresListener({
      config: parts.pool.options,
      channel: CHANNEL,
      onNotify: (payload) => this.#hear(payload),
      // What was heard of others is kept: one who listens again later than this node asks for what it has missed, and
      // the hole in its numbers tells that this node has missed something of it, too.
      onReconnect: () => this.#listeners.tellOfMissed(),
      alive: () => {
        if (!this.#sending) parts.alive?.(); // else it is stuck, or will be alive next time
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

  subscribe(topic: string, listener: SignalListener): () => void {
    return this.#listeners.add(topic, listener);
  }

  onMissed(listener: () => void): () => void {
    return this.#listeners.addOfMissed(listener);
  }

  /** Sends what waits, then hears nothing more. */
  async close(): Promise<void> {
    await this.#sending;
    await this.#listener.close();
  }

  /** Leaves a hole in the numbers, by which the others know. */
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

  #hear(payload: string): void {
    const batch = parseBatch(payload);
    if (!batch) {
      this.#parts.log.warn({ bytes: payload.length }, 'heard what is no signal');
      return;
    }
    const { from, number, signals } = batch;
    if (from === this.node) return;
    const last = this.#heard.get(from);
    this.#heard.set(from, number);
    if (last !== undefined && number !== last + 1) this.#listeners.tellOfMissed();
    for (const [topic, content] of signals) this.#listeners.tell(topic, content, from);
  }
}
