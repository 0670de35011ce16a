import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BoundedCache } from '../../application/kernel/bounded-cache.js';
import type { NodeId, SignalListener, Signals } from '../../application/ports/signals.js';
import { entryText, packBatch, packBatches, parseBatch } from './signal-batch.js';
import { SignalListeners, type SignalLog } from './signal-listeners.js';

/**
 * The most characters of the signals that wait while nobody takes them. Then all are dropped, and the other nodes ask
 * again.
 */
const MAX_WAITING_LENGTH = 8_388_608;
/** So many signals do not gather in a turn, nor while they are taken as they should be. */
const MANY_WAITING_SIGNALS = 1_000;
/** The most senders whose numbers are remembered. More nodes than that would have to start within seconds. */
const MAX_SENDERS = 10_000;
/** Another program that speaks on the channel is told of once in this time. */
const TOLD_AGAIN_MS = 60_000;

/** What every adapter needs that sends signals in batches. */
export interface BatchedSignalsParts {
  readonly log: SignalLog;
  /** Called with the number of signals that could not be sent. */
  readonly onLost?: (signals: number) => void;
}

/**
 * Sends signals in batches: what is published in one turn, or while the last ones are under way, goes together. Batches have
 * numbers, so that the other nodes notice when one is lost.
 */
export abstract class BatchedSignals implements Signals {
  readonly node = randomUUID() as NodeId;
  protected readonly listeners: SignalListeners;
  readonly #parts: BatchedSignalsParts;
  /** The number of the last batch that was received from each sender. */
  readonly #received = new BoundedCache<string, number>({ most: MAX_SENDERS, weightOf: () => 1 });
  #waiting: string[] = [];
  #waitingLength = 0;
  #sending: Promise<void> | undefined;
  #nextNumber = 1;
  #toldAt = -Infinity;

  constructor(parts: BatchedSignalsParts) {
    this.#parts = parts;
    this.listeners = new SignalListeners(parts.log);
  }

  /** Sends batches in their order. Answers false when they are lost, which was told, or raises an error. */
  protected abstract send(payloads: readonly string[]): Promise<boolean>;

  publish(topic: string, content: object): void {
    const text = entryText(topic, content);
    if (this.#waitingLength + text.length > MAX_WAITING_LENGTH) this.#drop();
    this.#waiting.push(text);
    this.#waitingLength += text.length;
    this.#sending ??= this.#sendAll();
  }

  get isBehind(): boolean {
    return this.#waiting.length >= MANY_WAITING_SIGNALS;
  }

  subscribe(topic: string, listener: SignalListener): () => void {
    return this.listeners.add(topic, listener);
  }

  onMissed(listener: () => void): () => void {
    return this.listeners.addOfMissed(listener);
  }

  /** Says whether signals are under way. */
  protected get isSending(): boolean {
    return this.#sending !== undefined;
  }

  /** Resolves once nothing waits to be sent. */
  protected async sent(): Promise<void> {
    await this.#sending;
  }

  /** Makes a batch without signals, which has a number as any other. */
  protected emptyBatch(): string {
    this.#nextNumber += 1;
    return packBatch(this.node, this.#nextNumber - 1, []);
  }

  /** Takes what came from another program, which may be no node. */
  protected receive(payload: string): void {
    const batch = parseBatch(payload);
    if (!batch) {
      this.#tellOfNonsense(payload);
      return;
    }
    const { from, number, signals } = batch;
    if (from === this.node) return;
    const last = this.#received.get(from);
    this.#received.set(from, number);
    if (last !== undefined && number !== last + 1) this.listeners.tellOfMissed();
    for (const [topic, content] of signals) this.listeners.notify(topic, content, from);
  }

  #tellOfNonsense({ length }: string): void {
    const now = performance.now();
    if (now - this.#toldAt < TOLD_AGAIN_MS) return;
    this.#toldAt = now;
    this.#parts.log.warn({ length }, 'heard what is no signal');
  }

  /** Leaves a gap in the numbers, by which the other nodes notice. */
  #drop(): void {
    this.#parts.log.warn({ signals: this.#waiting.length }, 'signals were lost');
    this.#parts.onLost?.(this.#waiting.length);
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#nextNumber += 1;
  }

  async #sendAll(): Promise<void> {
    await nextTurn();
    while (this.#waiting.length > 0) {
      const signals = this.#waiting.length;
      const payloads = packBatches(this.node, this.#nextNumber, this.#waiting);
      this.#waiting = [];
      this.#waitingLength = 0;
      this.#nextNumber += payloads.length;
      if (!(await this.#isSent(payloads))) this.#parts.onLost?.(signals);
    }
    this.#sending = undefined;
  }

  async #isSent(payloads: readonly string[]): Promise<boolean> {
    try {
      return await this.send(payloads);
    } catch (error) {
      this.#parts.log.warn({ err: error, batches: payloads.length }, 'signals were lost');
      return false;
    }
  }
}
