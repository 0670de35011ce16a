import type { AllStreamSubscription, KurrentDBClient } from '@kurrent/kurrentdb-client';
import type { RawEvent } from '../../../application/ports/raw-log.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { LOG_START } from '../../../domain/kernel/position.js';
import { EVENTS_REGEX, eventOf } from './records.js';

/** What a subscription of the client has brought. */
export interface Run {
  readonly events: readonly RawEvent[];
  /** Whether the server had no more when it sent the last of them. */
  readonly caughtUp: boolean;
}

/**
 * One subscription of the client, until it fails: it emits one `error`, and nothing ever after. The server leaves out its own
 * events and the markers of this store. The client is paused while too many events wait here.
 */
export class SubscriptionSource {
  readonly #subscription: AllStreamSubscription;
  readonly #mostUnread: number;
  #unread: RawEvent[] = [];
  #received = 0;
  /** How many events had been received when the server had no more; undefined while it has. */
  #caughtUpAt: number | undefined;
  #hasTold = false;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(client: KurrentDBClient, after: Position, mostUnread: number) {
    this.#mostUnread = mostUnread;
    const from = { commit: BigInt(after), prepare: BigInt(after) };
    this.#subscription = client.subscribeToAll({
      fromPosition: after === LOG_START ? 'start' : from,
      filter: { filterOn: 'eventType', regex: EVENTS_REGEX, checkpointInterval: 1 },
      requiresLeader: false,
    });
    this.#listen();
  }

  #listen(): void {
    const subscription = this.#subscription;
    subscription.on('data', ({ event }) => {
      if (!event) return;
      this.#received += 1;
      this.#unread.push(eventOf(event));
      if (this.#unread.length >= this.#mostUnread) subscription.pause();
      this.#wake();
    });
    // Events that came before may still wait in the client.
    subscription.on('caughtUp', () => {
      this.#caughtUpAt = this.#received + subscription.readableLength;
      this.#wake();
    });
    subscription.on('fellBehind', () => (this.#caughtUpAt = undefined));
    subscription.on('error', (error) => this.#fail(error));
    subscription.on('close', () => this.#fail(new Error('the subscription has ended')));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  get #isCaughtUp(): boolean {
    return this.#caughtUpAt !== undefined && this.#received >= this.#caughtUpAt;
  }

  #take(): Run | undefined {
    const caughtUp = this.#isCaughtUp;
    if (this.#unread.length === 0 && (!caughtUp || this.#hasTold)) return undefined;
    const events = this.#unread;
    this.#unread = [];
    this.#hasTold = caughtUp;
    this.#subscription.resume();
    return { events, caughtUp };
  }

  /** Waits for events, or for the end of the log; undefined after a quiet time, or by the signal. Raises what the client emitted. */
  async next(quietMs: number, signal: AbortSignal): Promise<Run | undefined> {
    const run = this.#take();
    if (run) return run;
    if (!this.#failure && !signal.aborted) await this.#news(quietMs, signal);
    const next = this.#take();
    if (!next && this.#failure) throw this.#failure;
    return next;
  }

  #news(quietMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(end, quietMs);
      signal.addEventListener('abort', end);
      this.#wake = end;
    });
  }

  close(): void {
    // It may still emit an error, which would end the process if nobody listened.
    this.#failure ??= new Error('the subscription was closed');
    void this.#subscription.unsubscribe().catch(() => undefined); // its stream was never opened
    this.#subscription.destroy();
  }
}
