import type { EventBatch, EventStore, SubscribeOptions } from '../../src/application/ports/event-store.js';
import type { ChatEventType } from '../../src/domain/event-catalogue.js';
import type { Position } from '../../src/domain/kernel/ids.js';
import { countBetween, positionBefore } from '../../src/infrastructure/event-store/dense-positions.js';
import { hasReached, LOG_START } from '../../src/domain/kernel/position.js';

/** A log whose batches and failures come when the test says so. */
export class ScriptedLog implements Pick<EventStore, 'head' | 'subscribe' | 'countBetween' | 'positionBefore'> {
  readonly #batches: EventBatch[] = [];
  readonly #waiting = new Set<() => void>();
  readonly subscriptions: Omit<SubscribeOptions, 'signal'>[] = [];
  #failure:
    { readonly error: Error; readonly isOf: (options: Omit<SubscribeOptions, 'signal'>) => boolean } | undefined;
  /** The end of the log, when its subscriptions have not come as far. */
  end: Position | undefined;

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  put(...batches: readonly EventBatch[]): void {
    this.#batches.push(...batches);
    this.#wake();
  }

  /** Fails the subscription to this type once it has handed over its batches. */
  fail(error: Error, type: ChatEventType): void {
    this.#failure = { error, isOf: ({ filter }) => filter?.types?.includes(type) ?? true };
    this.#wake();
  }

  async head(): Promise<Position> {
    return this.end ?? this.#batches.at(-1)?.position ?? LOG_START;
  }

  async countBetween(after: Position, upTo: Position): Promise<number> {
    return countBetween(after, upTo);
  }

  async positionBefore(position: Position, events: number): Promise<Position> {
    return positionBefore(position, events);
  }

  async *subscribe({ signal, ...options }: SubscribeOptions): AsyncGenerator<EventBatch> {
    this.subscriptions.push(options);
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake);
    for (let after = options.after ?? LOG_START; !signal.aborted;) {
      const next = this.#batches.find(({ position }) => !hasReached(after, position));
      if (next) yield { ...next, events: next.events.filter(({ type }) => options.filter?.types?.includes(type)) };
      else if (this.#failure?.isOf(options)) this.#raise(this.#failure.error);
      else await this.#untilWoken();
      after = next?.position ?? after;
    }
    signal.removeEventListener('abort', wake);
  }

  #raise(failure: Error): never {
    this.#failure = undefined;
    throw failure;
  }

  #untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      const woken = () => {
        this.#waiting.delete(woken);
        resolve();
      };
      this.#waiting.add(woken);
    });
  }
}
